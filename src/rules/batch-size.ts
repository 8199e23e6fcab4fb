import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";

/** Throws LIMIT_EXCEEDED when a field of a request has more entries than a batch may have. */
export function checkBatchSize(field: string, entries: readonly unknown[]): void {
  const limit = limits.batchItems;
  if (entries.length <= limit) return;
  const message = `${field} must have at most ${limit} entries`;
  throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field, limit, actual: entries.length });
}
