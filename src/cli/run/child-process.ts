import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { CliError, systemCode } from "../frame/errors.ts";

/** Signals for the command. Without forwarding they would end this process, or not reach the command. */
const forwarded = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT"] as const;
/**
 * Signals of keys on a terminal. A terminal sends them to all its processes, so the command already has them there.
 * Many programs take the same signal twice to mean "at once".
 */
const typed = ["SIGINT", "SIGQUIT"] as const;

/** A command that runs on the standard streams of this process. */
export interface Child {
  /** Its exit code; 128 plus the number of the signal if a signal ended it. */
  readonly ended: Promise<number>;
  signal(signal: NodeJS.Signals): void;
}

/** Starts commands, one after the other. Signals go to the one that runs. */
export interface Launcher {
  /** @throws CliError with exit code 127 when there is no such command, and 126 when it cannot be run */
  start(env: Readonly<NodeJS.ProcessEnv>): Promise<Child>;
}

/** Forwards signals from now on: a signal that comes before a command runs must not end this process alone. */
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
        // The caller that waits for `ended` gets the error. Here it only shows whether the command has started.
        await Promise.race([once(started, "spawn"), ended]);
        return { ended, signal: (signal) => void started.kill(signal) };
      } catch (error) {
        throw toCliError(program, error);
      }
    },
  };
}

/** Runs a command once. Returns its exit code, like `Child`. */
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
      return new CliError(`${program}: cannot be run: it is not executable, or it is a folder`, [], 126);
    case "E2BIG":
      return new CliError(`${program}: the secrets and the arguments are too large to start a process`, [], 126);
    default:
      return new CliError(`${program}: cannot be run: ${systemCode(error) ?? "unknown error"}`, [], 126);
  }
}
