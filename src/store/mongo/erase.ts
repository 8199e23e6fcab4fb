import { type Db, MongoServerError } from "mongodb";
import { createAbandonedTransactions } from "./abandoned-transactions.ts";
import { appName, connect, defaultTimes } from "./connect.ts";
import { guarded } from "./failure.ts";
import { collections } from "./schema.ts";

/** How long one attempt waits for a transaction that is in its way, and for how long it is tried again. */
const attemptMs = 1_000;
const eraseMs = 30_000;

/**
 * Deletes the collections of the store, and all of its keys but the marks of restores: those at the end, so that until then
 * the store is marked. It has to be opened anew afterwards. Throws `StoreError`.
 */
export async function eraseMongoStore(uri: string): Promise<void> {
  const { client, db } = await connect(uri, defaultTimes);
  const endAbandoned = createAbandonedTransactions(client, appName, defaultTimes.commandMs);
  try {
    await guarded("what an earlier restore left could not be deleted", async () => {
      for (const name of Object.keys(collections)) {
        if (name !== "keys" && name !== "meta") await drop(db, name, endAbandoned);
      }
      await db.collection("keys").deleteMany({ purpose: { $ne: "restoring" } });
    });
  } finally {
    await client.close();
  }
}

/** The transaction of a process that was killed holds its locks until somebody ends it. */
async function drop(db: Db, name: string, endAbandoned: () => Promise<void>): Promise<void> {
  const deadlineMs = Date.now() + eraseMs;
  for (;;) {
    try {
      await db.collection(name).drop({ maxTimeMS: attemptMs });
      return;
    } catch (error) {
      if (!isHeldUp(error) || Date.now() >= deadlineMs) throw error;
      await endAbandoned();
    }
  }
}

/** What a server says when a lock did not come in time. */
const heldUpCodes: readonly unknown[] = [24, 50, 112];

function isHeldUp(error: unknown): boolean {
  return error instanceof MongoServerError && heldUpCodes.includes(error.code);
}
