/**
 * A failure of the store itself. `unknown-outcome`: a commit may or may not have happened. `bug`: the store was called
 * wrongly, or has an error of its own, so trying again does not help; nothing was written. Never holds data of a row.
 */
export class StoreError extends Error {
  readonly kind: "unavailable" | "unknown-outcome" | "bug";
  constructor(kind: StoreError["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreError";
    this.kind = kind;
  }
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
