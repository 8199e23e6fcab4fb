import { StoreError } from "../store-error.ts";

/**
 * Runs `work` and turns whatever it throws into a `StoreError` with a fixed text: an error of SQLite or of the file system
 * never leaves the store as such, and is the cause.
 */
export function guarded<T>(message: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStoreError(message, error);
  }
}

/** The same for work that waits. */
export async function guardedAsync<T>(message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStoreError(message, error);
  }
}

function toStoreError(message: string, cause: unknown): StoreError {
  return cause instanceof StoreError ? cause : new StoreError("unavailable", message, { cause });
}
