import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from "node:sqlite";
import { setImmediate } from "node:timers/promises";

export type Row = Record<string, SQLOutputValue>;

/** An attacker with write access to the database files while the service runs. */
export interface Intruder {
  /** All rows of a query on the main file. */
  rows(sql: string, ...values: SQLInputValue[]): Row[];
  /** Exactly one row. */
  row(sql: string, ...values: SQLInputValue[]): Row;
  /** Runs one statement on the main file; answers how many rows it changed, in a turn whose reads see the change. */
  run(sql: string, ...values: SQLInputValue[]): Promise<number>;
  /** Changes whenever another process commits to the main file. */
  revision(): unknown;
  /** Records that were appended to either chain since the last call, in no particular order between the two. */
  newRecords(): readonly Row[];
  close(): void;
}

/** Settings with which every record is in the files when the call ends. By default those of access follow later. */
export const recordedAtOnce = { SECRET_SVC_AUDIT_SYNC: "full" };

export function intrude(dataDir: string): Intruder {
  const main = new DatabaseSync(join(dataDir, "secrets.db"), { timeout: 5_000 });
  const access = new DatabaseSync(join(dataDir, "audit.db"), { timeout: 5_000, readOnly: true });
  // The intruder's own writes need not survive anything, and there are thousands of them.
  main.exec("PRAGMA synchronous = OFF");
  const revision = createRevision(main);
  const readers = [main, access].map((db) => {
    const newer = db.prepare("SELECT rowid, * FROM audit WHERE rowid > ? ORDER BY rowid");
    let last = 0;
    return () => {
      const rows = newer.all(last);
      last = Number(rows.at(-1)?.rowid ?? last);
      return rows;
    };
  });
  const rows = (sql: string, ...values: SQLInputValue[]) => main.prepare(sql).all(...values);
  return {
    rows,
    row(sql, ...values) {
      const [found, more] = rows(sql, ...values);
      if (found === undefined || more !== undefined) throw new Error(`not one row: ${sql}`);
      return found;
    },
    async run(sql, ...values) {
      const { changes } = main.prepare(sql).run(...values);
      // The reads of one turn of the event loop share a snapshot.
      await setImmediate();
      return Number(changes);
    },
    revision,
    newRecords: () => readers.flatMap((read) => read()),
    close() {
      main.close();
      access.close();
    },
  };
}

/** The service tries every 30 s whether it can write, and counts that. A commit at the same moment is not noticed. */
function createRevision(db: DatabaseSync): () => number {
  const version = db.prepare("PRAGMA data_version");
  const probes = db.prepare("SELECT value FROM meta WHERE name = 'probes'");
  let revision = 0;
  let last: readonly unknown[] = [];
  return () => {
    const now = [version.get()?.data_version, probes.get()?.value];
    if (now[0] !== last[0] && now[1] === last[1]) revision += 1;
    last = now;
    return revision;
  };
}
