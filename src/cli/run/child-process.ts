import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { CliError, systemCode } from "../frame/errors.ts";

/** What somebody may want to tell the command, and would otherwise end or not reach it. */
const forwarded = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT"] as const;
/** What keys on a terminal send to everyone on it: there the command has got it already, and twice often means "at once". */
const typed = ["SIGINT", "SIGQUIT"] as const;

/** A command that runs on the standard streams of this process. */
export interface Child {
  /** Its exit code; for one that a signal ended, 128 and the number of the signal. */
  readonly ended: Promise<number>;
  signal(signal: NodeJS.Signals): void;
}

/** Starts commands, one after the other: signals go to the one that runs. */
export interface Launcher {
  /** @throws CliError with exit code 127 when there is no such command, 126 when it cannot be run */
  start(env: Readonly<NodeJS.ProcessEnv>): Promise<Child>;
}

/** Passes signals on from now on: one that comes before a command runs must not end this process alone. */
export function createLauncher(program: string, args: readonly string[]): Launcher {
  let child: ChildProcess | undefined;
  for (const signal of forwarded) process.on(signal, () => child?.kill(signal));
  for (const signal of typed) process.on(signal, () => isOnTerminal() || child?.kill(signal));
  return {
    async start(env) {
      try {
        const started = spawn(program, args, { env, stdio: "inherit" });
        child = started;
        const ended = once(started, "exit").then(([code, signal]) => codeOf(code, signal));
        // Whoever waits for the end gets the error; here it only tells whether there is something to wait for.
        await Promise.race([once(started, "spawn"), ended]);
        return { ended, signal: (signal) => void started.kill(signal) };
      } catch (error) {
        throw toCliError(program, error);
      }
    },
  };
}

/** Runs a command once. Answers its exit code, as `Child` does. */
export async function runChild(
  program: string,
  args: readonly string[],
  env: Readonly<NodeJS.ProcessEnv>,
): Promise<number> {
  const child = await createLauncher(program, args).start(env);
  return child.ended;
}

function codeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

function isOnTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
}

function toCliError(program: string, error: unknown): CliError {
  switch (systemCode(error)) {
    case "ENOENT":
      return new CliError(`${program}: command not found`, [], 127);
    case "EACCES":
      return new CliError(`${program}: may not be run: it is not executable, or a folder`, [], 126);
    case "E2BIG":
      return new CliError(`${program}: the secrets and the arguments are more than a process can be given`, [], 126);
    default:
      return new CliError(`${program}: cannot be run: ${systemCode(error) ?? "unknown error"}`, [], 126);
  }
}
