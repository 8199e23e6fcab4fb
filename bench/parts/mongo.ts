import { randomUUID } from "node:crypto";
import { MongoClient } from "mongodb";
import { limits } from "../../src/limits.ts";
import { createCommitCleanup } from "../../src/store/mongo/commit/commit-cleanup.ts";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import { createPointReads } from "../../src/store/mongo/read/point-reads.ts";
import { createPageReader, type PageQueries } from "../../src/store/mongo/read/secret-pages.ts";
import { toSecret } from "../../src/store/mongo/rows/documents.ts";
import { createKnownDocuments } from "../../src/store/mongo/rows/known-documents.ts";
import type { RecalledSecret, SecretCommit, SecretPageQuery } from "../../src/store/secret-store.ts";
import type { Store } from "../../src/store/store.ts";
import { startReplicaSet } from "../../test/support/mongo/replica-set.ts";
import {
  aCommit,
  aLists,
  aRecord,
  aSecret,
  auditKey,
  nextVersion,
  startMs,
  tenant,
} from "../../test/support/store/rows.ts";
import { inProcess, type Part } from "./part.ts";

const identities = ["bench-user", "bench-team"];
const keyOf = (at: number) => `bench/KEY_${at}`;
/** Callers at the same time. */
const together = 64;
const commandMs = 5_000;

const pageRows = 100;
const pageQuery: SecretPageQuery = {
  tenant,
  visibleTo: identities,
  right: "any",
  prefix: "bench/",
  glob: undefined,
  after: "",
  limit: pageRows,
  scanLimit: 10_000,
  fieldsOnly: true,
};

/** Saves the secrets of a page, and connects to them. */
async function withPage(store: Store, uri: string, compare: (queries: PageQueries) => Promise<void>): Promise<void> {
  const lists = aLists({ readers: ["bench-team"], writers: ["bench-user"] });
  const metadata = [["owner", "bench-team"] as const];
  await store.commitSecrets(
    aCommit(Array.from({ length: pageRows }, (_, at) => aSecret(keyOf(at), { lists, metadata }))),
  );
  const client = await MongoClient.connect(uri, { readConcern: { level: "majority" }, maxPoolSize: 16 });
  try {
    await compare({ db: client.db(), maxTimeMs: commandMs });
  } finally {
    await client.close();
  }
}

/** Parts of the store on MongoDB, with one member. The processor time is that of this process, without MongoDB's. */
export const mongoParts: readonly Part[] = [
  onMongo("point-reads", async (store, uri, measure) => {
    const lists = aLists({ readers: ["bench-team"] });
    await store.commitSecrets(aCommit(Array.from({ length: together }, (_, at) => aSecret(keyOf(at), { lists }))));
    const client = await MongoClient.connect(uri, { readConcern: { level: "majority" }, maxPoolSize: 16 });
    try {
      const db = client.db();
      const shared = createPointReads(db, commandMs);
      const single = Array.from({ length: together }, () => createPointReads(db, commandMs));
      await measure({
        what: `a secret found, ${together} callers`,
        with: inProcess(() => eachOf(together, (at) => shared(tenant, keyOf(at), identities))),
        without: inProcess(() => eachOf(together, (at) => single[at]?.(tenant, keyOf(at), identities))),
      });
    } finally {
      await client.close();
    }
  }),
  onMongo("raw-page", (store, uri, measure) =>
    withPage(store, uri, async (queries) => {
      const pages = createPageReader(queries, createKnownDocuments(0));
      const filter = { tenant, removed: false, visibleTo: { $in: identities }, key: { $gte: "bench/", $lt: "bench0" } };
      const options = {
        hint: "visible_names",
        projection: { envelope: 0 },
        sort: { key: 1 },
        limit: pageRows + 1,
      } as const;
      const documents = queries.db.collection("secrets");
      await measure({
        what: `a page of ${pageRows} without values, 16 callers`,
        with: inProcess(() => eachOf(16, () => pages.listSecrets(pageQuery))),
        without: inProcess(() =>
          eachOf(16, async () => (await documents.find(filter, options).toArray()).map(toSecret)),
        ),
      });
    }),
  ),
  onMongo("known-documents", (store, uri, measure) =>
    withPage(store, uri, async (queries) => {
      const known = createPageReader(queries);
      const anew = createPageReader(queries, createKnownDocuments(0));
      await measure({
        what: `a page of ${pageRows} without values, 16 callers`,
        with: inProcess(() => eachOf(16, () => known.listSecrets(pageQuery))),
        without: inProcess(() => eachOf(16, () => anew.listSecrets(pageQuery))),
      });
    }),
  ),
  onMongo("write-queue", (store, _uri, measure) => {
    const save = (key: string) => store.commitSecrets(aCommit([aSecret(key)], { audit: [aRecord({ key })] }));
    return measure({
      what: `a save, ${together} callers`,
      with: inProcess(() => eachOf(together, () => save(`new/${randomUUID()}`))),
      without: inProcess(() => oneByOne(together, () => save(`new/${randomUUID()}`))),
    });
  }),
  onMongo("known-held", async (store, uri, measure) => {
    const other = await openMongoStore({ uri });
    try {
      await other.beginAudit({ auditKey, chain: randomUUID(), startedAtMs: startMs });
      let secret = aSecret(keyOf(0));
      await store.commitSecrets(aCommit([secret]));
      const save = async (by: Store) => {
        secret = nextVersion(secret);
        await by.commitSecrets(aCommit([secret], { audit: [aRecord({ key: secret.key })] }));
      };
      await measure({
        what: "a save of a secret that this process saved before",
        with: inProcess(() => oneByOne(16, () => save(store))),
        // What one of them knows is outdated by the other.
        without: inProcess(() => oneByOne(16, (at) => save(at % 2 === 0 ? store : other))),
      });
    } finally {
      await other.close();
    }
  }),
  onMongo("recent-secrets", async (store, _uri, measure) => {
    const key = keyOf(0);
    let secret = aSecret(key);
    await store.commitSecrets(aCommit([secret]));
    const save = async (recalled: RecalledSecret | undefined) => {
      const asked = store.newestChanges([{ tenant, name: key, action: "secret.", isVersioned: true }], 3);
      if (recalled === undefined) {
        await Promise.all([store.findSecrets({ tenant, keys: [key], visibleTo: identities }), asked]);
      }
      const expectedVersion = secret.version;
      secret = nextVersion(secret);
      const basis = recalled && { ...recalled, isNewest: asked.then(() => true) };
      const change = { secret, expectedVersion, ...(basis === undefined ? {} : { basis }) };
      const audit = [aRecord({ key, version: secret.version })];
      const { status } = await store.commitSecrets(aCommit([], { changes: [change], audit }));
      if (status !== "committed") throw new Error(`the save was ${status}`);
    };
    await measure({
      what: "a save of a secret that this process wrote last",
      with: inProcess(() => oneByOne(16, () => save(store.recallSecret(tenant, key)))),
      without: inProcess(() => oneByOne(16, () => save(undefined))),
    });
  }),
  onMongo("cleanup", async (store, uri, measure) => {
    const client = await MongoClient.connect(uri, { writeConcern: { w: "majority", journal: true } });
    const eachTime = createCommitCleanup(client.db(), { isTaken: () => false }, commandMs, 0);
    try {
      let secret = aSecret(keyOf(0));
      await store.commitSecrets(aCommit([secret]));
      const save = async (after?: (commit: SecretCommit) => void) => {
        secret = nextVersion(secret);
        const commit = aCommit([secret], { audit: [aRecord({ key: secret.key })] });
        await store.commitSecrets(commit);
        after?.(commit);
      };
      await oneByOne(limits.historyVersions, () => save());
      await measure({
        what: "a save of a secret that has more versions than are retained",
        with: inProcess(() => oneByOne(16, () => save())),
        without: inProcess(() => oneByOne(16, () => save((commit) => eachTime.after(commit)))),
      });
    } finally {
      await eachTime.close();
      await client.close();
    }
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
