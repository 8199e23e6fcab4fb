import type { MigrationStep } from "./step.ts";

/** Adds the table of permits: which keys users and roles may create. */
export const toVersion11: MigrationStep = {
  version: 11,
  secrets(db) {
    db.exec(`CREATE TABLE permits (
  tenant TEXT NOT NULL, name TEXT NOT NULL, patterns TEXT NOT NULL, updated_at_ms INTEGER NOT NULL, updated_by TEXT NOT NULL,
  kid TEXT NOT NULL, mac BLOB NOT NULL, PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX permits_kid ON permits (kid)`);
  },
};
