import type { DatabaseSync } from "node:sqlite";
import { busyTimeoutMs } from "./database.ts";
import type { WriteRequest } from "./writer-requests.ts";

/** How long a reader with an old snapshot may hold up what waits for a purge. */
const patienceMs = 100;

/**
 * The log next to a database file still holds the pages as they were before a purge. Returns a function to call after
 * each group of requests. After one that deletes for good, it moves everything from the log to the file, where deleted
 * bytes are zeros, and empties the log. While a backup reads an older state that is not possible, and the next call
 * tries again.
 */
export function createLogEraser(db: DatabaseSync): (requests: readonly WriteRequest[]) => void {
  const truncate = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
  let isDue = false;

  function isEmptied(): boolean {
    try {
      db.exec(`PRAGMA busy_timeout = ${patienceMs}`);
      return truncate.get()?.busy === 0;
    } catch {
      // The disk: the next commit reports it.
      return false;
    } finally {
      db.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    }
  }

  return (requests) => {
    isDue ||= requests.some(isForGood);
    if (isDue) isDue = !isEmptied();
  };
}

/** Purges, and keys that are destroyed or replaced. */
function isForGood({ kind, body }: WriteRequest): boolean {
  if (kind === "commit-secrets") return (body.purges ?? []).length > 0;
  return kind === "replace-key-data" || kind === "remove-key";
}
