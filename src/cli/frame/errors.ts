/**
 * Why a command ends early. The message and the hints are shown as they are, so they must never hold a value, a key or
 * a token. Exit code 1 is a failure, 2 a wrong use of the command line. `oo secret run` has more, and `oo secret plan`
 * exits with 2 for changes.
 */
export class CliError extends Error {
  readonly hints: readonly string[];
  readonly exitCode: number;

  constructor(message: string, hints: readonly string[] = [], exitCode = 1) {
    super(message);
    this.name = "CliError";
    this.hints = hints;
    this.exitCode = exitCode;
  }
}

/** For arguments and settings that make no sense. */
export function usageError(message: string, ...hints: string[]): CliError {
  return new CliError(message, hints, 2);
}

/** The code of a failed system call, such as `ENOENT`; undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === "string" ? code : systemCode(error.cause);
}
