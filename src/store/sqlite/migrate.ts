import type { DatabaseSync } from "node:sqlite";
import { metaValue } from "./layout.ts";
import type { MigrationStep, StoreFacts } from "./migrations/step.ts";
import { migrationSteps } from "./migrations/steps.ts";
import { requireNoTriggers } from "./schema-guard.ts";

/** Both files of a store, open for changes. */
export interface StoreFiles {
  readonly secrets: DatabaseSync;
  readonly access: DatabaseSync;
}

/**
 * Runs the steps that the files have not had: first those of `audit.db`, then those of `secrets.db`. The caller holds
 * the lock of the directory. After a crash the next call goes on where this one ended.
 */
export function migrateFiles({ secrets, access }: StoreFiles, steps: readonly MigrationStep[] = migrationSteps): void {
  // A trigger could undo what a step does.
  for (const db of [access, secrets]) requireNoTriggers(db);
  for (const step of steps) runStep(access, step, () => step.access?.(access));
  const facts: StoreFacts = { accessEpoch: Number(metaValue(access, "epoch")) };
  for (const step of steps) runStep(secrets, step, () => step.secrets?.(secrets, facts));
}

/** In one transaction, so a file never has one part of a step. */
function runStep(db: DatabaseSync, { version }: MigrationStep, change: () => void): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    if (metaValue(db, "schema") === version - 1) {
      change();
      db.prepare("UPDATE meta SET value = ? WHERE name = 'schema'").run(version);
    }
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
