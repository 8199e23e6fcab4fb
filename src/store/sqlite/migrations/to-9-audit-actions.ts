import type { DatabaseSync } from "node:sqlite";
import type { MigrationStep } from "./step.ts";

/**
 * Adds the index by which the audit log is asked for some actions. Reads of secrets, which are most records, are not in
 * it.
 */
export const toVersion9: MigrationStep = {
  version: 9,
  secrets: addIndex,
  access: addIndex,
};

function addIndex(db: DatabaseSync): void {
  db.exec("CREATE INDEX audit_action ON audit (tenant, action, time_ms) WHERE action <> 'secret.read'");
}
