import type { MigrationStep } from "./step.ts";

/**
 * Adds the passkeys of users, and finds a user by what authenticators call them. The rows that are there stay as they
 * are.
 */
export const toVersion10: MigrationStep = {
  version: 10,
  secrets(db) {
    db.exec(`ALTER TABLE users ADD COLUMN handle TEXT NOT NULL DEFAULT '';
      ALTER TABLE users ADD COLUMN passkeys TEXT NOT NULL DEFAULT '';
      CREATE INDEX users_handle ON users (handle) WHERE handle <> ''`);
  },
};
