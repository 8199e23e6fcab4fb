import type { MigrationStep } from "./step.ts";

/**
 * Events get a MAC. Those from before have none and cannot get one here, so they are dropped: a watch that resumes
 * before the migration starts over. Their numbers go on, so that no position of an earlier watch is mistaken for a
 * later one.
 */
export const toVersion7: MigrationStep = {
  version: 7,
  secrets(db) {
    const last = Number(db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'").get()?.seq ?? 0);
    db.exec(`DROP TABLE events;
      CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, former TEXT NOT NULL, mac BLOB NOT NULL,
        tenant TEXT NOT NULL,
        key TEXT NOT NULL,
        id TEXT NOT NULL,
        format INTEGER NOT NULL,
        version INTEGER NOT NULL,
        owner TEXT NOT NULL,
        document TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL,
        created_by TEXT NOT NULL,
        updated_at_ms INTEGER NOT NULL,
        updated_by TEXT NOT NULL,
        value_changed_at_ms INTEGER NOT NULL,
        removed INTEGER NOT NULL,
        kid TEXT NOT NULL,
        envelope BLOB NOT NULL) STRICT`);
    if (last > 0) db.prepare("INSERT INTO sqlite_sequence VALUES ('events', ?)").run(last);
  },
};
