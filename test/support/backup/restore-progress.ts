import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MongoClient } from "mongodb";

/** What another process sees of a restore in the store. */
export interface Progress {
  /** Which restore has marked the store as unfinished; "" when none has. */
  readonly mark: string;
  readonly users: number;
  readonly tokens: number;
  readonly versions: number;
}

/** Looks at a store that another process writes. */
export interface Observer {
  look(): Promise<Progress>;
  close(): Promise<void>;
}

const nothing: Progress = { mark: "", users: 0, tokens: 0, versions: 0 };

/** The folder may have nothing in it yet. */
export function observeSqlite(directory: string): Observer {
  const path = join(directory, "secrets.db");
  let db: DatabaseSync | undefined;
  const look = (): Progress => {
    if (!existsSync(path)) return nothing;
    db ??= new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    const count = (table: string) => `(SELECT count(*) FROM ${table})`;
    const row = db
      .prepare(`SELECT (SELECT max(kid) FROM keys WHERE purpose = 'restoring') AS mark,
        ${count("users")} AS users, ${count("tokens")} AS tokens, ${count("history")} AS versions`)
      .get();
    const number = (name: string) => Number(row?.[name]);
    return {
      mark: String(row?.mark ?? ""),
      users: number("users"),
      tokens: number("tokens"),
      versions: number("versions"),
    };
  };
  return {
    async look() {
      try {
        return look();
      } catch {
        // Its tables are not there yet.
        return nothing;
      }
    },
    async close() {
      db?.close();
    },
  };
}

export async function observeMongo(uri: string): Promise<Observer> {
  const client = await MongoClient.connect(uri);
  const count = (name: string) => client.db().collection(name).estimatedDocumentCount();
  return {
    async look() {
      const found = await client.db().collection("keys").findOne({ purpose: "restoring" });
      const [users, tokens, versions] = await Promise.all([count("users"), count("tokens"), count("history")]);
      return { mark: found?.kid ?? "", users, tokens, versions };
    },
    close: () => client.close(),
  };
}
