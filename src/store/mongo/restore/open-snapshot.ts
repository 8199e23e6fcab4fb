import { setTimeout as delay } from "node:timers/promises";
import type { ClientSession, Db, Document, MongoClient } from "mongodb";
import type { AuditSink } from "../../../audit/chain.ts";
import type { ChainEnd } from "../../../audit/head.ts";
import { type StoreSnapshot, withDroppedChains } from "../../snapshot.ts";
import { NoStoreError, StoreError } from "../../store-error.ts";
import { connect, defaultTimes } from "../connect/connect.ts";
import { guarded, isWithoutSnapshot, snapshotIsTooOld } from "../connect/failure.ts";
import { layoutOf, requireLayout } from "../connect/layout.ts";
import { toChain, toCheckpoint } from "../read/read-audit.ts";
import { createKeyUseReader } from "../read/read-key-uses.ts";
import { recordName, toRecord } from "../rows/audit-row.ts";
import { toKey, toPermit, toSecret, toToken, toUser } from "../rows/documents.ts";
import {
  collections,
  historyIndex,
  type Named,
  permitIndex,
  secretIndexes,
  tokenIndexes,
  userIndex,
} from "../rows/schema.ts";

const unreadable = "the store could not be read";

type Order = { readonly name: string; readonly key: { readonly [field: string]: 1 | -1 } };

/** The index of the documents' names. */
const byName: Order = { name: "_id_", key: { _id: 1 } };

/** Documents that are read at a time: about a megabyte of typical ones. */
const batchSize = 500;

/**
 * Opens a snapshot of a database. MongoDB retains a snapshot only for some minutes: reading one that takes longer
 * fails, and the error names the setting that helps. Throws `StoreError`, also when there is no data.
 */
export async function openMongoSnapshot(uri: string): Promise<StoreSnapshot> {
  const { client, db } = await connect({ uri, times: defaultTimes });
  try {
    return createSnapshot(client, db, await reading(() => startAtOneMoment(client, db)));
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** Right after a collection or an index was made, there is no snapshot yet that has it. */
const startAttempts = 20;
const startPauseMs = 100;

/** A session whose reads all see the moment of the first one, and that can read every collection. */
async function startAtOneMoment(client: MongoClient, db: Db): Promise<ClientSession> {
  for (let attempt = 1; ; attempt += 1) {
    const session = client.startSession({ snapshot: true });
    try {
      const found = await db.collection<Named>("meta").findOne({ _id: { $eq: "schema" } }, optionsOf(session));
      const layout = layoutOf(found);
      if (layout === undefined) throw new NoStoreError("there is no data of the service in the database");
      requireLayout(layout);
      for (const name of Object.keys(collections)) {
        await db.collection(name).findOne({}, { ...optionsOf(session), projection: { _id: 1 } });
      }
      return session;
    } catch (error) {
      await session.endSession();
      if (!isWithoutSnapshot(error) || attempt === startAttempts) throw error;
      await delay(startPauseMs);
    }
  }
}

/** With the client's read concern the server would not use the time of the session. */
function optionsOf(session: ClientSession) {
  return { session, maxTimeMS: defaultTimes.commandMs, readConcern: { level: "snapshot" } } as const;
}

function createSnapshot(client: MongoClient, db: Db, session: ClientSession): StoreSnapshot {
  const options = optionsOf(session);
  const keyUses = createKeyUseReader(db, defaultTimes.commandMs, options);

  async function* rows<T>(name: string, order: Order, toItem: (document: Document) => T) {
    const cursor = db.collection(name).find({}, { ...options, batchSize, hint: order.name, sort: order.key });
    try {
      for (;;) {
        const document = await reading(() => cursor.next());
        if (document === null) return;
        yield toItem(document);
      }
    } finally {
      await cursor.close();
    }
  }

  const all = <T>(name: string, toItem: (document: Document) => T) =>
    reading(async () => (await db.collection(name).find({}, options).toArray()).map(toItem));

  async function endOf(chain: string, sink: AuditSink): Promise<ChainEnd | undefined> {
    const ofChain = { _id: { $gte: recordName(chain, 0), $lte: recordName(chain, Number.MAX_SAFE_INTEGER) } };
    const find = () => db.collection<Named>(sink).findOne(ofChain, { ...options, sort: { _id: -1 } });
    const last = await reading(find);
    if (last === null) return undefined;
    const { position, mac } = toRecord(last);
    return { chain, position, mac };
  }

  return {
    secrets: () => rows("secrets", secretIndexes.byKey, toSecret),
    history: () => rows("history", historyIndex, toSecret),
    users: () => rows("users", userIndex, toUser),
    tokens: () => rows("tokens", tokenIndexes.byId, toToken),
    permits: () => rows("permits", permitIndex, toPermit),
    quotas: () => rows("quotas", byName, ({ _id, limits }) => ({ tenant: String(_id), limits: String(limits) })),
    listKeys: () => all("keys", toKey),
    countByKey: (nowMs) => reading(() => keyUses.countByKey(nowMs)),
    listChains: () => all("chains", toChain),
    listCheckpoints: () => all("checkpoints", toCheckpoint),
    changes: () => rows("changes", byName, toRecord),
    async chainEnds() {
      const ends: ChainEnd[] = [];
      for (const { chain, sink } of await all("chains", toChain)) {
        const end = await endOf(chain, sink);
        if (end !== undefined) ends.push(end);
      }
      return withDroppedChains(ends, await all("checkpoints", toCheckpoint));
    },
    close: () => client.close(),
  };
}

async function reading<T>(read: () => Promise<T>): Promise<T> {
  return guarded(unreadable, async () => {
    try {
      return await read();
    } catch (error) {
      if (!snapshotIsTooOld(error) && !isWithoutSnapshot(error)) throw error;
      throw new StoreError(
        "unavailable",
        "MongoDB no longer has the state of the moment when the backup began; let it retain more than its five minutes: " +
          "db.adminCommand({ setParameter: 1, minSnapshotHistoryWindowInSeconds: 3600 })",
      );
    }
  });
}
