import { randomUUID } from "node:crypto";
import { MongoClient } from "mongodb";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import { createPointReads } from "../../src/store/mongo/read/point-reads.ts";
import type { Store } from "../../src/store/store.ts";
import { startReplicaSet } from "../../test/support/mongo/replica-set.ts";
import { aCommit, aLists, aRecord, aSecret, auditKey, startMs, tenant } from "../../test/support/store/rows.ts";
import { inProcess, type Part } from "./part.ts";

const identities = ["bench-user", "bench-team"];
const keyOf = (at: number) => `bench/KEY_${at}`;
/** Callers at the same time. */
const together = 64;
const commandMs = 5_000;

/** Parts of the store on MongoDB, with one member. The processor time is that of this process, without MongoDB's. */
export const mongoParts: readonly Part[] = [
  onMongo("point-reads", async (store, uri, measure) => {
    const lists = aLists({ readers: ["bench-team"] });
    await store.commitSecrets(aCommit(Array.from({ length: together }, (_, at) => aSecret(keyOf(at), { lists }))));
    const client = await MongoClient.connect(uri, { readConcern: { level: "majority" }, maxPoolSize: 16 });
    try {
      const collection = client.db().collection("secrets");
      const shared = createPointReads(collection, commandMs);
      const single = Array.from({ length: together }, () => createPointReads(collection, commandMs));
      await measure({
        what: `a secret found, ${together} callers`,
        with: inProcess(() => eachOf(together, (at) => shared(tenant, keyOf(at), identities))),
        without: inProcess(() => eachOf(together, (at) => single[at]?.(tenant, keyOf(at), identities))),
      });
    } finally {
      await client.close();
    }
  }),
  onMongo("write-queue", (store, _uri, measure) => {
    const save = (key: string) => store.commitSecrets(aCommit([aSecret(key)], { audit: [aRecord({ key })] }));
    return measure({
      what: `a save, ${together} callers`,
      with: inProcess(() => eachOf(together, () => save(`new/${randomUUID()}`))),
      without: inProcess(() => oneByOne(together, () => save(`new/${randomUUID()}`))),
    });
  }),
  onMongo("access-writer", (store, _uri, measure) => {
    const append = (at: number) => store.appendAccess([aRecord({ action: "secret.read", key: keyOf(at) })]);
    return measure({
      what: `an audit record stored, ${together} at a time`,
      with: inProcess(() => eachOf(together, append)),
      without: inProcess(() => oneByOne(together, append)),
    });
  }),
];

function onMongo(
  name: string,
  compare: (store: Store, uri: string, measure: Parameters<Part["compare"]>[0]) => Promise<void>,
): Part {
  return {
    name,
    async compare(measure) {
      const set = await startReplicaSet({ members: 1 });
      const uri = set.uri.replace("/?", "/parts?");
      try {
        const store = await openMongoStore({ uri });
        try {
          await store.beginAudit({ auditKey, chain: randomUUID(), startedAtMs: startMs });
          await compare(store, uri, measure);
        } finally {
          await store.close();
        }
      } finally {
        await set.stop();
      }
    },
  };
}

async function eachOf(count: number, once: (at: number) => Promise<unknown> | undefined): Promise<number> {
  await Promise.all(Array.from({ length: count }, (_, at) => once(at)));
  return count;
}

async function oneByOne(count: number, once: (at: number) => Promise<unknown>): Promise<number> {
  for (let at = 0; at < count; at += 1) await once(at);
  return count;
}
