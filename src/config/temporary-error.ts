/**
 * A setting whose content cannot be had at the moment: its program failed, or its file cannot be read just now. A later
 * start may succeed, so the exit code says "try again". The message follows the rules of `ConfigError`.
 */
export class TemporaryError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TemporaryError";
  }
}

/**
 * Errors of the system that pass by themselves: it is short of something, a disk does not answer, or a program is being
 * written.
 */
const passing: ReadonlySet<string> = new Set([
  "EAGAIN",
  "EBUSY",
  "EDQUOT",
  "EIO",
  "EMFILE",
  "ENFILE",
  "ENOMEM",
  "ENOSPC",
  "ESTALE",
  "ETIMEDOUT",
  "ETXTBSY",
]);

/** Whether an error of the system may pass without a change of a setting. */
export function isPassing(error: unknown): boolean {
  return error instanceof Error && "code" in error && passing.has(String(error.code));
}
