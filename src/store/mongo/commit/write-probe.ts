import { randomBytes } from "node:crypto";
import type { Db, Document, MongoClient, TransactionOptions } from "mongodb";
import type { Named } from "../rows/schema.ts";

/** After a try that succeeded, and while no commit fails, there is no other for this long. */
const trustedMs = 30_000;

/** Tries whether commits work. */
export interface WriteProbe {
  /** Notes how a commit ends. */
  observe<T>(commit: Promise<T>): Promise<T>;
  /** Tries to write if a commit failed since the last try, or that is a while ago. Throws errors of the driver. */
  run(): Promise<void>;
}

/** The collections that commits write to. */
const collections = [
  "secrets",
  "history",
  "idempotency",
  "users",
  "tokens",
  "permits",
  "changes",
  "usage",
  "quotas",
] as const;

const concerns: TransactionOptions = { readConcern: { level: "snapshot" }, readPreference: "primary" };

/**
 * Writes a document into each collection in a transaction that is then aborted, and counts the attempt in a document
 * that a majority must confirm.
 */
export function createWriteProbe(client: MongoClient, db: Db, maxTimeMs: number): WriteProbe {
  // Distinct for each process and each unique index.
  const name = randomBytes(8).toString("hex");
  let trustedUntilMs = Number.NEGATIVE_INFINITY;

  async function observe<T>(commit: Promise<T>): Promise<T> {
    try {
      return await commit;
    } catch (error) {
      trustedUntilMs = Number.NEGATIVE_INFINITY;
      throw error;
    }
  }

  async function write(): Promise<void> {
    const session = client.startSession();
    try {
      session.startTransaction(concerns);
      const document: Document = { _id: `probe ${name}`, tenant: "", key: name, id: name, slug: name, hash: name };
      const options = { session, maxTimeMS: maxTimeMs };
      for (const collection of collections)
        await db.collection<Named>(collection).insertOne(document as Named, options);
    } finally {
      await session.abortTransaction().catch(() => undefined);
      await session.endSession();
    }
    const writeConcern = { w: "majority", journal: true, wtimeoutMS: maxTimeMs } as const;
    await db
      .collection<Named>("meta")
      .updateOne(
        { _id: { $eq: "probes" } },
        { $inc: { count: 1 } },
        { upsert: true, maxTimeMS: maxTimeMs, writeConcern },
      );
  }

  return {
    observe,
    async run() {
      if (performance.now() < trustedUntilMs) return;
      await observe(write());
      trustedUntilMs = performance.now() + trustedMs;
    },
  };
}
