import type { MigrationStep } from "./step.ts";

/**
 * Adds what shows that something is missing: the table `facts` with the name of each stored key that cannot be made
 * again, and which `audit.db` belongs to this `secrets.db`.
 */
export const toVersion5: MigrationStep = {
  version: 5,
  secrets(db, { accessEpoch }) {
    db.exec(`CREATE TABLE facts (kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, name)) STRICT, WITHOUT ROWID;
      INSERT INTO facts SELECT 'key', purpose || ' ' || kid FROM keys WHERE purpose IN ('audit', 'sealing')`);
    db.prepare("INSERT INTO meta VALUES ('access_epoch', ?)").run(accessEpoch);
  },
};
