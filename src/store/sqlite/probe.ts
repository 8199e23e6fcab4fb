import type { DatabaseSync } from "node:sqlite";

/**
 * Returns a function that writes two rows into every table, and so into all of its indexes. They have no tenant, so
 * they are never rows of a user. The caller must roll back. It throws when a page on the way cannot be read or written.
 */
export function createWriteProbe(db: DatabaseSync): () => void {
  const inserts = tablesOf(db).flatMap((table) => rowsFor(db, table).map((sql) => db.prepare(sql)));
  return () => {
    for (const insert of inserts) insert.run();
  };
}

/** Returns a function that reads the first row of every table itself, not of an index. */
export function createReadProbe(db: DatabaseSync): () => void {
  const reads = tablesOf(db).map((table) => db.prepare(`SELECT * FROM ${table} NOT INDEXED LIMIT 1`));
  return () => {
    for (const read of reads) read.get();
  };
}

function tablesOf(db: DatabaseSync): readonly string[] {
  return db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
    .all()
    .map(({ name }) => String(name));
}

/** Two rows, because some indexes have only rows with a flag, and others only rows without it. */
const samples: readonly Readonly<Record<string, string>>[] = [
  { TEXT: "''", INTEGER: "0", BLOB: "x''" },
  { TEXT: "' '", INTEGER: "1", BLOB: "x'00'" },
];

function rowsFor(db: DatabaseSync, table: string): string[] {
  const columns = db.prepare(`PRAGMA table_info(${table})`).all();
  const keys = columns.filter(({ pk }) => pk !== 0);
  // SQLite chooses the number of such a row.
  const isNumbered = keys.length === 1 && keys[0]?.type === "INTEGER";
  return samples.map((sample) => {
    const values = columns.map(({ type, pk }) => (isNumbered && pk !== 0 ? "NULL" : (sample[String(type)] ?? "NULL")));
    return `INSERT OR IGNORE INTO ${table} VALUES (${values.join(", ")})`;
  });
}
