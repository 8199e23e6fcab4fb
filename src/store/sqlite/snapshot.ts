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
 * be ended before a commit is acknowledged: a read that starts after the acknowledgement has to see it. `whenChanged` is
 * called at the start of a snapshot that may differ from the one before.
 *
 * Buys 4 times the reads of a turn with 16, of cached secrets (`npm run bench:parts -- --only snapshot`).
 */
export function createSnapshot(db: DatabaseSync, whenChanged: () => void): Snapshot {
  const begin = db.prepare("BEGIN");
  const commit = db.prepare("COMMIT");
  // A number that each commit of another connection changes, be it of this process or of another one.
  const dataVersion = db.prepare("PRAGMA data_version");
  dataVersion.setReturnArrays(true);
  let isOpen = false;
  let seen: unknown;

  function start(): void {
    begin.run();
    isOpen = true;
    setImmediate(end);
    const [version] = dataVersion.get() as unknown as readonly unknown[];
    if (version === seen) return;
    whenChanged();
    seen = version;
  }

  function end(): void {
    if (!isOpen) return;
    isOpen = false;
    commit.run();
  }

  return {
    read(read) {
      if (!isOpen) start();
      return read();
    },
    end,
  };
}
