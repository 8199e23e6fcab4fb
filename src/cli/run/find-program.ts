import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";
import { CliError, systemCode, wordsOf } from "../frame/errors.ts";

/** Where to look without a PATH, as the C library does. */
const defaultPath = "/bin:/usr/bin";

/**
 * The path of a program, found as a shell finds it.
 * @throws CliError with exit code 127 when there is no such program, and 126 when it cannot be run
 */
export function findProgram(program: string, path: string | undefined): string {
  if (program.includes("/")) {
    const problem = problemOf(program);
    if (problem !== undefined) throw startError(program, problem);
    return program;
  }
  let worst: string | undefined;
  for (const folder of (path ?? defaultPath).split(":")) {
    const candidate = join(folder === "" ? "." : folder, program);
    const problem = problemOf(candidate);
    if (problem === undefined) return candidate.includes("/") ? candidate : `./${candidate}`;
    if (problem === "EACCES") worst = problem;
  }
  throw startError(program, worst ?? "ENOENT");
}

function problemOf(path: string): string | undefined {
  try {
    if (!statSync(path).isFile()) return "EACCES";
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return systemCode(error) === "EACCES" ? "EACCES" : "ENOENT";
  }
}

/** Why a program was not started, by the code of the system. */
export function startError(
  program: string,
  code: string | undefined,
  system: NodeJS.Platform = process.platform,
): CliError {
  // Windows starts nothing but `.exe` and `.com` by itself.
  const hints = system === "win32" ? [`a script, such as npm.cmd, needs its shell: -- cmd /c ${program}`] : [];
  switch (code) {
    case "ENOENT":
      return new CliError(`${program}: command not found`, hints, 127);
    case "EINVAL":
      return new CliError(`${program}: cannot be run: ${wordsOf(code)}`, hints, 126);
    case "EACCES":
      return new CliError(`${program}: cannot be run: it is not executable, or it is a folder`, [], 126);
    case "E2BIG":
      return new CliError(`${program}: the secrets and the arguments are too large to start a process`, [], 126);
    default:
      return new CliError(
        `${program}: cannot be run: ${code === undefined ? "unknown error" : wordsOf(code)}`,
        [],
        126,
      );
  }
}
