import type { Db, Document } from "mongodb";
import { makeCollection } from "../connect/prepare-database.ts";
import { incomplete } from "../connect/require-whole-database.ts";
import type { MigrationStep } from "./step.ts";

type Named = Document & { _id: string };

/** Version 1 made these at each start, and the others when they got their first document. */
const madeAtStart = ["secrets", "history", "idempotency", "users", "tokens", "changes", "access"];
const madeLater = ["identity_revisions", "keys", "processes", "chains", "checkpoints"];

/**
 * Adds what shows that something is missing: every collection exists from now on, and `facts` has the name of each
 * stored key that cannot be made again.
 */
export const toVersion2: MigrationStep = {
  version: 2,
  async run({ db, maxTimeMs }) {
    await requireMade(db);
    for (const name of [...madeLater, "facts"]) await makeCollection(db, name);
    const filter = { purpose: { $in: ["audit", "sealing"] } };
    const keys = await db
      .collection<Named>("keys")
      .find(filter, { projection: { _id: 1 } })
      .toArray();
    for (const { _id } of keys) {
      const fact = { _id: { $eq: `key ${_id}` } };
      const change = { $setOnInsert: { kind: "key" } };
      await db.collection<Named>("facts").updateOne(fact, change, { upsert: true, maxTimeMS: maxTimeMs });
    }
  },
};

async function requireMade(db: Db): Promise<void> {
  const found = await db.listCollections({}, { nameOnly: true }).toArray();
  const there = new Set(found.map(({ name }) => name));
  const missing = madeAtStart.filter((name) => !there.has(name));
  if (missing.length > 0) throw incomplete(`the collections '${missing.join("', '")}' are missing`);
}
