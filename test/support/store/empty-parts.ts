import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MongoClient } from "mongodb";
import type { StorePart } from "../../../src/store/store-part.ts";

const tables: { readonly [Part in StorePart]: string } = {
  secrets: "secret",
  history: "history",
  idempotency: "idempotency",
  users: "users",
  tokens: "tokens",
  revisions: "identity_revision",
  changes: "audit",
  access: "audit",
  checkpoints: "checkpoints",
  chains: "chains",
  keys: "keys",
};

/** Deletes every row of some parts, as an attacker with the database can. The service must not run. */
export async function emptyParts(dataDir: string, mongoUri: string | undefined, ...parts: StorePart[]): Promise<void> {
  if (mongoUri === undefined) {
    for (const part of parts) {
      const db = new DatabaseSync(join(dataDir, part === "access" ? "audit.db" : "secrets.db"));
      db.exec(`DELETE FROM ${tables[part]}`);
      if (part === "keys") db.exec("DELETE FROM facts");
      db.close();
    }
    return;
  }
  const client = await MongoClient.connect(mongoUri);
  try {
    for (const part of parts) {
      const names = part === "revisions" ? ["identity_revisions"] : part === "keys" ? ["keys", "facts"] : [part];
      for (const name of names) await client.db().collection(name).deleteMany({});
    }
  } finally {
    await client.close();
  }
}
