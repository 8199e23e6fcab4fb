import { constants } from "node:os";
import { findProgram, startError } from "./find-program.ts";
import { ignoring } from "./inherited.ts";

/** Whether a process can become another program here. Windows cannot. */
export function canReplaceProcess(): boolean {
  return typeof process.execve === "function" && process.platform !== "win32";
}

/**
 * Becomes the command, with the id of this process, its terminal and its parent. Nothing of `oo` stays in memory, and
 * signals need no forwarding. Never returns.
 * @throws CliError with exit code 127 when there is no such command, and 126 when it cannot be run
 */
export function replaceProcess(
  program: string,
  args: readonly string[],
  env: Readonly<NodeJS.ProcessEnv>,
  ignored: readonly number[],
): never {
  const path = findProgram(program, env.PATH);
  const wanted = ignoring(ignored, path, args);
  // Node ignores these two. A handler makes them what they are by default in the new program.
  for (const signal of ["SIGPIPE", "SIGXFSZ"] as const) process.on(signal, () => undefined);
  makeBlocking();
  const name = wanted.program === path ? program : wanted.program;
  try {
    become(wanted.program, [name, ...wanted.args], env);
  } catch (error) {
    // What has neither a header of a program nor a line with #! is a shell script.
    if (numberOf(error) !== constants.errno.ENOEXEC) throw toCliError(program, error);
  }
  try {
    become("/bin/sh", ["sh", path, ...args], env);
  } catch (error) {
    throw toCliError(program, error);
  }
}

function become(path: string, args: readonly string[], env: Readonly<NodeJS.ProcessEnv>): never {
  if (process.execve === undefined) throw new Error("this system cannot replace a process");
  return process.execve(path, args, env);
}

/** Node makes its pipes non-blocking, which the new program would have to handle. */
function makeBlocking(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const { _handle: handle } = stream as unknown as { _handle?: { setBlocking?(isBlocking: boolean): void } };
    handle?.setBlocking?.(true);
  }
}

function numberOf(error: unknown): number | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).errno : undefined;
}

function toCliError(program: string, error: unknown) {
  const number = Math.abs(numberOf(error) ?? 0);
  return startError(program, Object.entries(constants.errno).find(([, each]) => each === number)?.[0]);
}
