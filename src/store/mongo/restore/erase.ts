import type { ClientSession, Db, Document, Filter } from "mongodb";
import { connect, defaultTimes } from "../connect/connect.ts";
import { guarded } from "../connect/failure.ts";
import { collections } from "../rows/schema.ts";
import { inMarkedTransaction } from "./restore-mark.ts";

/** Documents that one transaction deletes. */
const batchSize = 1_000;

/**
 * Deletes everything in the store except `meta` and the mark of the restore that does so. Each transaction holds the
 * mark `kid`, so that nothing of another restore that has taken over is ever deleted. Throws `StoreError`.
 */
export async function eraseMongoStore(uri: string, kid: string): Promise<void> {
  const { client, db } = await connect({ uri, times: defaultTimes });
  const { commandMs } = defaultTimes;
  try {
    await guarded("what an earlier restore left could not be deleted", async () => {
      // Facts first: while a fact is there, so is what it says.
      for (const name of ["facts", ...Object.keys(collections)]) {
        if (name === "meta") continue;
        const isLast = (session: ClientSession) => deleteSome(db, name, session, commandMs);
        while (!(await inMarkedTransaction(client, db, kid, commandMs, isLast)));
      }
    });
  } finally {
    await client.close();
  }
}

/** Returns true when the collection is empty. */
async function deleteSome(db: Db, name: string, session: ClientSession, maxTimeMS: number): Promise<boolean> {
  const filter: Filter<Document> = name === "keys" ? { purpose: { $ne: "restoring" } } : {};
  const options = { session, maxTimeMS };
  const collection = db.collection(name);
  const found = await collection.find(filter, { ...options, projection: { _id: 1 }, limit: batchSize }).toArray();
  if (found.length === 0) return true;
  await collection.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } }, options);
  return found.length < batchSize;
}
