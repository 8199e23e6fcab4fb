import { isProgrammingError, StoreError } from "../store-error.ts";

/**
 * Runs `work` and turns whatever it throws into a `StoreError` with a fixed text. An error of SQLite or of the file
 * system leaves the store only as the cause of a `StoreError`.
 */
export function guarded<T>(message: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStoreError(message, error);
  }
}

/** The same for asynchronous work. */
export async function guardedAsync<T>(message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStoreError(message, error);
  }
}

function toStoreError(message: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  return new StoreError(isProgrammingError(cause) ? "bug" : "unavailable", message, { cause });
}
