/**
 * What is wrong with the disk, the file or the server that the store needs. The text completes a message for operators
 * and callers, and says nothing about the data.
 */
export const storeFaults = {
  "no-space": "no space is left on its disk",
  "read-only": "its file or its disk is read-only",
  io: "its disk reports an I/O error",
  damaged: "a page of its file is damaged",
  locked: "another process has locked its file",
  replaced: "its file was deleted or replaced while the service was running",
  changed: "its tables are not as the service made them",
  "no-access": "its file cannot be opened",
  "no-memory": "the process has no memory left",
  "no-primary": "its database has no primary at the moment",
  "no-majority": "a majority of its replica set does not confirm writes",
  "no-answer": "its database does not answer",
  "no-permission": "its database does not permit the operation to this user",
} as const;

export type StoreFault = keyof typeof storeFaults;

interface StoreErrorOptions extends ErrorOptions {
  readonly fault?: StoreFault | undefined;
}

/**
 * A failure of the store itself. `unknown-outcome`: a commit may or may not have happened. `bug`: the store was called
 * wrongly, or has an error of its own, so trying again does not help; nothing was written. Never holds data of a row.
 * The text of `fault` is part of the message.
 */
export class StoreError extends Error {
  readonly kind: "unavailable" | "unknown-outcome" | "bug";
  readonly fault: StoreFault | undefined;
  constructor(kind: StoreError["kind"], message: string, options: StoreErrorOptions = {}) {
    const { fault, ...rest } = options;
    super(withFault(message, fault), rest);
    this.name = "StoreError";
    this.kind = kind;
    this.fault = fault;
  }
}

/** There is no store yet where one was to be read. */
export class NoStoreError extends StoreError {
  constructor(message: string) {
    super("unavailable", message);
    this.name = "NoStoreError";
  }
}

/** Faults that pass without a change of the store or of a setting. */
const passing: ReadonlySet<StoreFault | undefined> = new Set([
  "no-space",
  "io",
  "locked",
  "no-memory",
  "no-primary",
  "no-majority",
  "no-answer",
]);

/** Whether the same may succeed later. */
export function mayPass({ fault }: StoreError): boolean {
  return passing.has(fault);
}

/**
 * Whether an error comes from a mistake in the program, and not from a database, a disk or a network. A `RangeError`
 * with a code is about a number in a row.
 */
export function isProgrammingError(error: unknown): boolean {
  if (error instanceof StoreError) return error.kind === "bug";
  if (error instanceof TypeError || error instanceof ReferenceError) return true;
  return error instanceof RangeError && !("code" in error);
}

/** An error that came from another thread has the text of its fault already. */
function withFault(message: string, fault: StoreFault | undefined): string {
  const text = fault === undefined ? "" : `: ${storeFaults[fault]}`;
  return message.endsWith(text) ? message : message + text;
}
