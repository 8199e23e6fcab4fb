import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { type Document, MongoClient } from "mongodb";
import type { TestService } from "./fixture.ts";

/** The records of one sink as anyone who can write to the database sees them, in the order in which they are stored. */
export interface AuditRows {
  /** Chain and position of each. */
  list(): Promise<{ readonly chain: string; readonly position: number }[]>;
  edit(at: number): Promise<void>;
  drop(at: number): Promise<void>;
  /** Each gets the content of the other, but for its place in the chain. */
  swap(first: number, second: number): Promise<void>;
  /** Puts back what was there at the beginning. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function openAuditRows(service: TestService, sink: "changes" | "access"): Promise<AuditRows> {
  return service.store.mongoUri === undefined
    ? openSqliteRows(join(service.dataDir, sink === "changes" ? "secrets.db" : "audit.db"))
    : openMongoRows(service.store.mongoUri, sink);
}

function openSqliteRows(file: string): AuditRows {
  const db = new DatabaseSync(file, { timeout: 5_000 });
  const rows = db.prepare("SELECT rowid AS row, * FROM audit ORDER BY rowid").all();
  const rowAt = (at: number) => Number(rows[at]?.row);
  const put = (columns: Readonly<Record<string, SQLInputValue>>) => {
    const names = Object.keys(columns);
    const sql = `INSERT OR REPLACE INTO audit (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
    db.prepare(sql).run(...names.map((name) => columns[name] ?? null));
  };
  const restore = async () => {
    for (const { row, ...columns } of rows) put({ rowid: row ?? null, ...columns });
  };
  return {
    list: async () => rows.map(({ chain, position }) => ({ chain: String(chain), position: Number(position) })),
    edit: async (at) => void db.prepare("UPDATE audit SET peer = 'edited' WHERE rowid = ?").run(rowAt(at)),
    drop: async (at) => void db.prepare("DELETE FROM audit WHERE rowid = ?").run(rowAt(at)),
    async swap(first, second) {
      for (const [to, from] of [
        [first, second],
        [second, first],
      ] as const) {
        const { row, chain, position } = rows[to] ?? {};
        const { row: _row, ...columns } = rows[from] ?? {};
        put({ ...columns, rowid: row ?? null, chain: chain ?? null, position: position ?? null });
      }
    },
    restore,
    close: async () => db.close(),
  };
}

async function openMongoRows(uri: string, sink: string): Promise<AuditRows> {
  const client = await MongoClient.connect(uri);
  const collection = client.db().collection<Document & { _id: string }>(sink);
  const rows = await collection.find({}, { sort: { _id: 1 } }).toArray();
  const nameAt = (at: number) => ({ _id: rows[at]?._id ?? "" });
  return {
    list: async () =>
      rows.map(({ _id }) => {
        const [chain = "", position] = _id.split(" ");
        return { chain, position: Number(position) };
      }),
    edit: async (at) => void (await collection.updateOne(nameAt(at), { $set: { peer: "edited" } })),
    drop: async (at) => void (await collection.deleteOne(nameAt(at))),
    async swap(first, second) {
      for (const [to, from] of [
        [first, second],
        [second, first],
      ] as const) {
        const { _id, ...content } = rows[from] ?? { _id: "" };
        await collection.replaceOne(nameAt(to), content);
      }
    },
    async restore() {
      for (const { _id, ...content } of rows) await collection.replaceOne({ _id }, content, { upsert: true });
    },
    close: () => client.close(),
  };
}
