import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { CliError, systemCode } from "./errors.ts";

/** What somebody may want to tell the command, and would otherwise end or not reach it. */
const forwarded = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT"] as const;
/** What keys on a terminal send to everyone on it: there the command has got it already, and twice often means "at once". */
const typed = ["SIGINT", "SIGQUIT"] as const;

/**
 * Runs a command on the standard streams of this process, passes on signals and waits for its end. Answers its exit
 * code; for one that a signal ended, 128 and the number of the signal.
 * @throws CliError with exit code 127 when there is no such command, 126 when it cannot be run
 */
export async function runChild(
  program: string,
  args: readonly string[],
  env: Readonly<NodeJS.ProcessEnv>,
): Promise<number> {
  let child: ChildProcess | undefined;
  // Before it is started: a signal in between must not end this process alone.
  for (const signal of forwarded) process.on(signal, () => child?.kill(signal));
  for (const signal of typed) process.on(signal, () => isOnTerminal() || child?.kill(signal));
  try {
    child = spawn(program, args, { env, stdio: "inherit" });
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } catch (error) {
    throw toCliError(program, error);
  }
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
