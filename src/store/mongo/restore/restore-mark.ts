import type { ClientSession, Db, MongoClient } from "mongodb";
import { requireCount, requireName } from "../../guard.ts";
import type { Store } from "../../store.ts";
import { StoreError } from "../../store-error.ts";
import { isDuplicateKey } from "../connect/failure.ts";
import { fromKey } from "../rows/documents.ts";
import type { Named } from "../rows/schema.ts";
import { retryWhileLocked } from "./retry-while-locked.ts";

/** The mark of a restore. At most one process holds it. */
export interface RestoreMark extends Pick<Store, "takeRestoreMark" | "removeRestoreMark"> {
  isTaken(): boolean;
  /**
   * Must be called first in each transaction, which then cannot commit once another process has the mark. Does nothing
   * unless this process took a mark.
   */
  hold(session: ClientSession): Promise<void>;
  /** Writes in a transaction that holds the mark, or without a transaction unless this process took a mark. */
  holding<T>(write: (session: ClientSession | undefined) => Promise<T>): Promise<T>;
}

/** There is at most one mark, so it has a fixed name. */
const markName = "restoring";

/** `endAbandoned` is called while another transaction locks the mark. */
export function createRestoreMark(
  client: MongoClient,
  db: Db,
  maxTimeMs: number,
  endAbandoned: () => Promise<void>,
): RestoreMark {
  const keys = db.collection<Named>("keys");
  let own: string | undefined;

  return {
    async takeRestoreMark({ kid, createdAtMs }, former) {
      requireName(kid, "kid");
      requireCount(createdAtMs, "createdAtMs");
      const mark = { kid, purpose: "restoring", data: new Uint8Array(0), createdAtMs } as const;
      const isOwn =
        former === undefined
          ? await keys.insertOne({ _id: markName, ...fromKey(mark) }, { maxTimeMS: maxTimeMs }).then(
              () => true,
              (error: unknown) => {
                if (isDuplicateKey(error)) return false;
                throw error;
              },
            )
          : await retryWhileLocked(endAbandoned, async (maxTimeMS) => {
              const filter = { purpose: { $eq: "restoring" }, kid: { $eq: former } };
              return (await keys.updateOne(filter, { $set: { kid, createdAtMs } }, { maxTimeMS })).matchedCount === 1;
            });
      if (isOwn) own = kid;
      return isOwn;
    },
    async removeRestoreMark() {
      const filter = { purpose: { $eq: "restoring" }, kid: { $eq: own ?? "" } };
      const { deletedCount } = await keys.deleteOne(filter, { maxTimeMS: maxTimeMs });
      if (deletedCount !== 1) throw markIsLost();
      own = undefined;
    },
    isTaken: () => own !== undefined,
    async hold(session) {
      if (own !== undefined) await holdMark(db, own, session, maxTimeMs);
    },
    async holding(write) {
      const kid = own;
      if (kid === undefined) return write(undefined);
      return inMarkedTransaction(client, db, kid, maxTimeMs, write);
    },
  };
}

/** Runs a transaction that commits only while `kid` is the mark. Throws `StoreError` when it is not. */
export async function inMarkedTransaction<T>(
  client: MongoClient,
  db: Db,
  kid: string,
  maxTimeMs: number,
  write: (session: ClientSession) => Promise<T>,
): Promise<T> {
  return client.withSession((session) =>
    session.withTransaction(
      async () => {
        await holdMark(db, kid, session, maxTimeMs);
        return write(session);
      },
      { readConcern: { level: "snapshot" }, readPreference: "primary", maxCommitTimeMS: maxTimeMs },
    ),
  );
}

/**
 * A write, not a read: of two transactions that write the mark, one has to wait, and then sees the result of the other.
 */
async function holdMark(db: Db, kid: string, session: ClientSession, maxTimeMS: number): Promise<void> {
  const filter = { purpose: { $eq: "restoring" }, kid: { $eq: kid } };
  const { matchedCount } = await db
    .collection<Named>("keys")
    .updateOne(filter, { $inc: { held: 1 } }, { session, maxTimeMS });
  if (matchedCount !== 1) throw markIsLost();
}

function markIsLost(): StoreError {
  return new StoreError(
    "unavailable",
    "another 'secret-svc restore' into this store was started meanwhile and has taken over, so this one has ended; wait for " +
      "the other one, and run it again only if that fails",
  );
}
