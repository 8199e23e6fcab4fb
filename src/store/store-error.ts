/**
 * A failure of the store itself. `unknown-outcome`: a commit may or may not have happened. Never holds data of a row.
 */
export class StoreError extends Error {
  readonly kind: "unavailable" | "unknown-outcome";
  constructor(kind: "unavailable" | "unknown-outcome", message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreError";
    this.kind = kind;
  }
}
