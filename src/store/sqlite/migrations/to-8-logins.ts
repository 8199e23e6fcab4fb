import type { MigrationStep } from "./step.ts";

/**
 * Adds what logins need: whom an issuer says a user is, what distinguishes a session from other tokens, and the steps
 * of logins that are under way. The rows that are there stay as they are.
 */
export const toVersion8: MigrationStep = {
  version: 8,
  secrets(db) {
    for (const column of ["issuer", "subject", "display_name"]) {
      db.exec(`ALTER TABLE users ADD COLUMN ${column} TEXT NOT NULL DEFAULT ''`);
    }
    for (const column of ["kind", "issuer", "parent", "sid", "client"]) {
      db.exec(`ALTER TABLE tokens ADD COLUMN ${column} TEXT NOT NULL DEFAULT ''`);
    }
    db.exec(`ALTER TABLE tokens ADD COLUMN refresh_token BLOB NOT NULL DEFAULT x'';
      CREATE INDEX users_login ON users (issuer, subject) WHERE issuer <> '';
      CREATE INDEX tokens_sid ON tokens (issuer, sid) WHERE sid <> '';
      CREATE INDEX tokens_sessions ON tokens (expire_at_ms) WHERE kind <> '';
      CREATE TABLE logins (id TEXT PRIMARY KEY, end_at_ms INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX logins_end ON logins (end_at_ms)`);
  },
};
