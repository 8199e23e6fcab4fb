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
