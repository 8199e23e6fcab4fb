import { closeSync, openSync, writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** Makes the first page of a table or an index unreadable, as a bad sector would. No service may have the file open. */
export function damagePage(file: string, name: string): void {
  const db = new DatabaseSync(file);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const page = Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(name)?.rootpage);
  const size = Number(db.prepare("PRAGMA page_size").get()?.page_size);
  db.close();
  if (!(page > 1)) throw new Error(`there is no table or index ${name}`);
  const handle = openSync(file, "r+");
  writeSync(handle, new Uint8Array(size), 0, size, (page - 1) * size);
  closeSync(handle);
}

/** The tables and indexes of a file that have a page of their own. */
export function namesIn(file: string): string[] {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = db.prepare("SELECT name FROM sqlite_schema WHERE rootpage > 0 ORDER BY name").all();
  db.close();
  return rows.map(({ name }) => String(name));
}
