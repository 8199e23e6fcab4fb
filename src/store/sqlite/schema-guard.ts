import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../store-error.ts";

/**
 * Returns a check for the beginning of each transaction. It throws `StoreError` while the tables are not as the service
 * made them. SQLite counts each change of them, so the check reads one number, and compares only when that has changed.
 */
export function createSchemaGuard(
  db: DatabaseSync,
  findDifferences: (db: DatabaseSync) => readonly string[],
): () => void {
  const version = db.prepare("PRAGMA schema_version");
  version.setReturnArrays(true);
  let seen: unknown;
  let differences: readonly string[] = [];
  return () => {
    const [found] = version.get() as unknown as readonly unknown[];
    if (found !== seen) {
      differences = findDifferences(db);
      seen = found;
    }
    if (differences.length > 0) throw changedSchema(differences);
  };
}

/** The error for tables that are not as the service made them. */
export function changedSchema(differences: readonly string[]): StoreError {
  return new StoreError("unavailable", differences.join("; "), { fault: "changed" });
}

/** For files with an older schema, which cannot be compared. The service never makes a trigger. */
export function requireNoTriggers(db: DatabaseSync): void {
  const found = db.prepare("SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name").all();
  if (found.length === 0) return;
  throw changedSchema(found.map(({ name, tbl_name }) => `the trigger ${name} of the table ${tbl_name} was added`));
}

/** Throws `StoreError` when a write did not do what it says, as when a trigger undoes it. */
export function requireChanges({ changes }: { readonly changes: number | bigint }, expected = 1): void {
  if (Number(changes) === expected) return;
  throw new StoreError("unavailable", `a write changed ${changes} rows instead of ${expected}`, { fault: "changed" });
}
