import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { openForWriting } from "./database.ts";
import { guarded } from "./failure.ts";
import { accessSchema, secretsSchema } from "./schema.ts";
import { forgetShipped } from "./shipped-records.ts";

/**
 * Deletes all rows of the embedded store in this directory except the marks of restores, in one transaction for each
 * file. The store must not be open. Throws `StoreError`.
 */
export function eraseSqliteStore(directory: string): void {
  guarded("what an earlier restore left could not be deleted", () => {
    eraseFile(join(directory, "audit.db"), accessSchema);
    eraseFile(join(directory, "secrets.db"), secretsSchema);
  });
}

function eraseFile(path: string, schema: string): void {
  const db = openForWriting(path, schema, "FULL");
  try {
    const deletions = tablesOf(db).map((name) =>
      name === "keys" ? "DELETE FROM keys WHERE purpose <> 'restoring';" : `DELETE FROM ${name};`,
    );
    db.exec(["BEGIN IMMEDIATE;", ...deletions, `${forgetShipped};`, "COMMIT"].join("\n"));
  } finally {
    db.close();
  }
}

/** The tables that hold rows: not those of SQLite itself, nor `meta`, which identifies this file. */
function tablesOf(db: DatabaseSync): readonly string[] {
  const query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'meta'";
  return db
    .prepare(query)
    .all()
    .map(({ name }) => String(name));
}
