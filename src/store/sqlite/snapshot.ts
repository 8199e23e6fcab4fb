import type { DatabaseSync } from "node:sqlite";

/** Reads of one connection that see the same state of the database. */
export interface Snapshot {
  /** Runs `read` in the snapshot that is open, or in a new one. */
  read<T>(read: () => T): T;
  /** The next read sees everything that is committed by then. */
  end(): void;
}

/**
 * Taking the lock of a reader costs more than finding a row, so the reads of one turn of the event loop share it. It must
 * be ended before a commit is acknowledged: a read that starts after the acknowledgement has to see it.
 */
export function createSnapshot(db: DatabaseSync): Snapshot {
  const begin = db.prepare("BEGIN");
  const commit = db.prepare("COMMIT");
  let isOpen = false;

  function end(): void {
    if (!isOpen) return;
    isOpen = false;
    commit.run();
  }

  return {
    read(read) {
      if (!isOpen) {
        begin.run();
        isOpen = true;
        setImmediate(end);
      }
      return read();
    },
    end,
  };
}
