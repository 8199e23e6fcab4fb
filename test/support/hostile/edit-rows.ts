import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { Binary, type Document, MongoClient } from "mongodb";
import type { TestService } from "../api/fixture.ts";

type RowKind = "secrets" | "users" | "tokens" | "history";

/** A row as it is stored, to be put back later. */
export interface StoredRow {
  readonly kind: RowKind;
  readonly columns: Readonly<Record<string, unknown>>;
}

const sqliteTables: Readonly<Record<RowKind, string>> = {
  secrets: "secret",
  users: "users",
  tokens: "tokens",
  history: "history",
};

const names: Readonly<Record<RowKind, string>> = { secrets: "key", users: "slug", tokens: "id", history: "key" };

/** An intruder who can write to the store of a test, whichever it is. Each edit must concern one row. */
export interface RowEditor {
  /** Breaks the proof of a row: its envelope or MAC. */
  damage(kind: RowKind, name: string): Promise<void>;
  copy(kind: RowKind, name: string): Promise<StoredRow>;
  putBack(row: StoredRow): Promise<void>;
  remove(kind: RowKind, name: string): Promise<void>;
  /** Removes a version of a secret from its history. */
  removeVersion(key: string, version: number): Promise<void>;
  /** Sets one field to a value that both stores have. */
  set(kind: RowKind, name: string, field: string, value: string | number): Promise<void>;
  /** Adds an identity to the index of visible secrets, or takes it out, and leaves the lists alone. */
  showTo(key: string, identity: string): Promise<void>;
  hideFrom(key: string, identity: string): Promise<void>;
  /** Changes who made the last change of a secret, in the log of changes. */
  editLog(key: string): Promise<void>;
  /**
   * Adds an event to those of a secret: its last one again, in which the reader `mallory` was or is one, with or
   * without a MAC.
   */
  forgeEvent(key: string, withMac: boolean): Promise<void>;
}

export function editorOf({ store, dataDir }: Pick<TestService, "store" | "dataDir">): RowEditor {
  return store.mongoUri === undefined ? sqliteEditor(dataDir) : mongoEditor(store.mongoUri);
}

function sqliteEditor(dataDir: string): RowEditor {
  async function withDb<T>(work: (db: DatabaseSync) => T): Promise<T> {
    const db = new DatabaseSync(join(dataDir, "secrets.db"), { timeout: 5_000 });
    try {
      return work(db);
    } finally {
      db.close();
      // The reads of one turn of the event loop share a snapshot.
      await setImmediate();
    }
  }
  const run = (sql: string, ...values: SQLInputValue[]) =>
    withDb((db) => {
      const { changes } = db.prepare(sql).run(...values);
      if (Number(changes) !== 1) throw new Error(`${changes} rows, not one: ${sql}`);
    });
  return {
    damage: (kind, name) => {
      const proof = kind === "secrets" || kind === "history" ? "envelope" : "mac";
      return run(
        `UPDATE ${sqliteTables[kind]} SET ${proof} = zeroblob(length(${proof})) WHERE ${names[kind]} = ?`,
        name,
      );
    },
    copy: (kind, name) =>
      withDb((db) => {
        const columns = db.prepare(`SELECT * FROM ${sqliteTables[kind]} WHERE ${names[kind]} = ?`).get(name);
        if (columns === undefined) throw new Error(`there is no row ${name}`);
        return { kind, columns };
      }),
    putBack: ({ kind, columns }) => {
      const places = Object.keys(columns).map(() => "?");
      const values = Object.values(columns) as SQLInputValue[];
      return run(
        `INSERT OR REPLACE INTO ${sqliteTables[kind]} (${Object.keys(columns).join(", ")}) VALUES (${places.join(", ")})`,
        ...values,
      );
    },
    remove: (kind, name) => run(`DELETE FROM ${sqliteTables[kind]} WHERE ${names[kind]} = ?`, name),
    removeVersion: (key, version) => run("DELETE FROM history WHERE key = ? AND version = ?", key, version),
    set: (kind, name, field, value) => {
      const column = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      return run(`UPDATE ${sqliteTables[kind]} SET ${column} = ? WHERE ${names[kind]} = ?`, value, name);
    },
    showTo: (key, identity) =>
      run(
        `INSERT INTO visible (tenant, identity, removed, key, can_read, id)
          SELECT tenant, ?, removed, key, 1, id FROM secret WHERE key = ?`,
        identity,
        key,
      ),
    hideFrom: (key, identity) => run("DELETE FROM visible WHERE key = ? AND identity = ?", key, identity),
    editLog: (key) =>
      run("UPDATE audit SET principal = 'mallory' WHERE rowid = (SELECT max(rowid) FROM audit WHERE key = ?)", key),
    forgeEvent: (key, withMac) =>
      run(
        `INSERT INTO events SELECT (SELECT max(seq) + 1 FROM events), former, ${withMac ? "mac" : "x''"}, tenant, key, id, format,
          version, owner, '[["mallory"],[],[],[],[],[],[]]', created_at_ms, created_by, updated_at_ms, updated_by,
          value_changed_at_ms, removed, kid, envelope FROM events WHERE seq = (SELECT max(seq) FROM events WHERE key = ?)`,
        key,
      ),
  };
}

function mongoEditor(uri: string): RowEditor {
  async function withRows<T>(kind: RowKind, work: (rows: ReturnType<typeof rowsOf>) => Promise<T>): Promise<T> {
    const client = await MongoClient.connect(uri);
    try {
      return await work(rowsOf(client, kind));
    } finally {
      await client.close();
    }
  }
  const rowsOf = (client: MongoClient, kind: RowKind) => client.db().collection(kind);
  const update = (kind: RowKind, name: string, change: Document) =>
    withRows(kind, async (rows) => {
      const { matchedCount } = await rows.updateOne({ [names[kind]]: name }, { $set: change });
      if (matchedCount !== 1) throw new Error(`there is no row ${name}`);
    });
  return {
    damage: (kind, name) => {
      const proof = kind === "secrets" || kind === "history" ? "envelope" : "mac";
      return update(kind, name, { [proof]: new Binary(new Uint8Array(64)) });
    },
    copy: (kind, name) =>
      withRows(kind, async (rows) => {
        const columns = await rows.findOne({ [names[kind]]: name });
        if (columns === null) throw new Error(`there is no row ${name}`);
        return { kind, columns };
      }),
    putBack: ({ kind, columns }) =>
      withRows(kind, async (rows) => {
        const { _id, ...rest } = columns as Document;
        const name = { tenant: rest.tenant, [names[kind]]: rest[names[kind]] };
        await rows.replaceOne(name, rest, { upsert: true });
      }),
    remove: (kind, name) =>
      withRows(kind, async (rows) => {
        const { deletedCount } = await rows.deleteOne({ [names[kind]]: name });
        if (deletedCount !== 1) throw new Error(`there is no row ${name}`);
      }),
    removeVersion: (key, version) =>
      withRows("history", async (rows) => {
        const { deletedCount } = await rows.deleteOne({ key, version });
        if (deletedCount !== 1) throw new Error(`there is no version ${version} of ${key}`);
      }),
    set: (kind, name, field, value) => update(kind, name, { [field]: value }),
    showTo: (key, identity) =>
      withRows("secrets", async (rows) => {
        await rows.updateOne({ key }, { $push: { visibleTo: identity } } as Document);
      }),
    hideFrom: (key, identity) =>
      withRows("secrets", async (rows) => {
        await rows.updateOne({ key }, { $pull: { visibleTo: identity } } as Document);
      }),
    editLog: async (key) => {
      const client = await MongoClient.connect(uri);
      const changes = client.db().collection("changes");
      await changes.findOneAndUpdate({ key }, { $set: { principal: "mallory" } }, { sort: { _id: -1 } });
      await client.close();
    },
    forgeEvent: (key, withMac) =>
      withRows("history", async (rows) => {
        const last = await rows.findOne({ key }, { sort: { version: -1 } });
        if (last === null) throw new Error(`there is no version of ${key}`);
        const { _id, eventMac, ...rest } = last;
        const forged = { ...rest, version: Number(rest.version) + 1, readers: ["mallory"] };
        await rows.insertOne(withMac ? { ...forged, eventMac } : forged);
      }),
  };
}
