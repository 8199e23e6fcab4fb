import { CliError } from "../formats/cli-error.ts";

export { systemCode, systemReason, wordsOf } from "../formats/system-reason.ts";
export { CliError };

/** For arguments and settings that make no sense. */
export function usageError(message: string, ...hints: string[]): CliError {
  return new CliError(message, hints, 2);
}
