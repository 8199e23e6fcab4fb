import type { DatabaseSync } from "node:sqlite";

/** Reads of one connection that see the same state of the database. */
export interface Snapshot {
  /** Runs `read` in the snapshot that is open, or in a new one. */
  read<T>(read: () => T): T;
  /** Ends the snapshot: the next read sees everything that is committed by then. Never throws. */
  end(): void;
}

/**
 * Taking a reader's lock costs more than finding a row, so the reads of one turn of the event loop share a snapshot. It
 * must be ended before a commit is acknowledged, because a read that starts after the acknowledgement has to see the
 * commit. `whenChanged` is called at the start of a snapshot that may differ from the one before.
 *
 * A read that fails may have ended the transaction: SQLite does so by itself for a damaged page or an I/O error. Then
 * there is nothing to commit, and the next read opens a new snapshot.
 *
 * 4 times as many reads of cached secrets when a turn has 16 of them (`npm run bench:parts -- --only snapshot`).
 */
export function createSnapshot(db: DatabaseSync, whenChanged: () => void): Snapshot {
  const begin = db.prepare("BEGIN");
  const commit = db.prepare("COMMIT");
  const rollback = db.prepare("ROLLBACK");
  // Each commit of another connection changes this number, whether it is in this process or in another one.
  const dataVersion = db.prepare("PRAGMA data_version");
  dataVersion.setReturnArrays(true);
  let isOpen = false;
  let seen: unknown;

  function open(): void {
    try {
      begin.run();
      isOpen = true;
      setImmediate(end);
      const [version] = dataVersion.get() as unknown as readonly unknown[];
      if (version === seen) return;
      whenChanged();
      seen = version;
    } catch (error) {
      abandon();
      throw error;
    }
  }

  /** Called by timers and by replies of a writer, where an error would end the process. */
  function end(): void {
    if (!isOpen) return;
    isOpen = false;
    try {
      commit.run();
    } catch {
      abandon();
    }
  }

  /** What was read is not trusted to be of one state, so nothing of it stays cached. */
  function abandon(): void {
    isOpen = false;
    seen = undefined;
    try {
      if (db.isTransaction) rollback.run();
    } catch {
      // The next read tries to open a snapshot again, and reports what is wrong.
    }
  }

  return {
    read(read) {
      if (!isOpen) open();
      try {
        return read();
      } catch (error) {
        // A check of the arguments also throws; the transaction is then as it was.
        if (!db.isTransaction) abandon();
        throw error;
      }
    },
    end,
  };
}
