import { basename } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { otherLayout } from "../layout-error.ts";
import { StoreError } from "../store-error.ts";
import { migrationSteps } from "./migrations/steps.ts";
import { schemaVersion } from "./schema.ts";

const known = { current: schemaVersion, oldest: (migrationSteps[0]?.version ?? schemaVersion) - 1 };

/**
 * The schema version of a file, whatever stands there; `empty` for a file without tables. Throws `StoreError` for a
 * file of another program.
 */
export function layoutOf(db: DatabaseSync): unknown {
  if (db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined) return "empty";
  const meta = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'").get();
  if (meta === undefined) {
    throw new StoreError(
      "unavailable",
      `${nameOf(db)} belongs to another program, or lost its table 'meta': give another --data-dir, or restore a backup`,
    );
  }
  return metaValue(db, "schema");
}

/** A number of the table `meta`: `schema`, `epoch`, `access_epoch`. Undefined when it is not there. */
export function metaValue(db: DatabaseSync, name: string): unknown {
  return db.prepare("SELECT value FROM meta WHERE name = ?").get(name)?.value;
}

/** Throws `LayoutError` unless the file has the schema version of this program. */
export function requireLayout(db: DatabaseSync): void {
  const found = layoutOf(db);
  if (found === "empty") throw new StoreError("unavailable", `${nameOf(db)} is empty`);
  if (found !== schemaVersion) throw otherLayout(nameOf(db), found, known);
}

/** Whether steps lead from this schema version to the one of this program. */
export function canMigrate(found: unknown): found is number {
  return typeof found === "number" && found >= known.oldest && found < known.current;
}

function nameOf(db: DatabaseSync): string {
  return basename(db.location() ?? "the database");
}
