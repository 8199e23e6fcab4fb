import { CliError } from "../formats/cli-error.ts";

export { CliError };

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
