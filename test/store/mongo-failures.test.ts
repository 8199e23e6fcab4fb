import type { Document } from "mongodb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import type { StoreTimes } from "../../src/store/mongo/connect/connect.ts";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import type { Store } from "../../src/store/store.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, anIdempotencyRecord, aRecord, aSecret, nextVersion, tenant } from "../support/store/rows.ts";
import { serverWithFailPoint } from "../support/store/server-with-fail-point.ts";
import { verifiedChains } from "../support/store/verified-chains.ts";

const server = serverWithFailPoint();
let uri: string;
let store: Store;

beforeEach(async () => {
  ({ uri } = server.newDatabase());
  store = await open({});
});
afterEach(async () => {
  await server.failPoint.off();
  await store.close();
});

async function open(times: Partial<StoreTimes>): Promise<Store> {
  const opened = await openMongoStore({
    uri,
    times: { findServerMs: 10_000, commandMs: 1_000, answerMs: 1_500, ...times },
  });
  await begin(opened);
  return opened;
}

const find = async (key: string): Promise<StoredSecret | undefined> =>
  (await store.findSecrets({ tenant, keys: [key], visibleTo: "everyone" }))[0];

/** Tries until it works: what was held up for longer than a commit may wait is refused. */
async function until(work: () => Promise<{ readonly status: string }>): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const { status } = await work().catch(() => ({ status: "refused" }));
    if (status !== "refused") return;
  }
  throw new Error("it never works");
}

/** A commit with its record, after which everything is as if nothing had failed. */
async function expectOneVersion(secret: StoredSecret): Promise<void> {
  expect(await find(secret.key)).toEqual(secret);
  expect((await store.listHistory(tenant, secret.key))[0]).toEqual(secret);
  const records = (await verifiedChains(store)).flat().filter((record) => record.key === secret.key);
  expect(records.map((record) => record.version)).toEqual(Array.from({ length: secret.version }, (_, at) => at + 1));
}

const save = (secret: StoredSecret) =>
  store.commitSecrets(aCommit([secret], { audit: [aRecord({ key: secret.key, version: secret.version })] }));

const commitAndLookUp = ["commitTransaction", "find"];

/** A commit that was never sent is known not to be stored. So this loses the commit, and then the question about it. */
async function expectUnknownOutcome(secret: StoredSecret, how: Document): Promise<void> {
  await server.failPoint.on(how.closeConnection === true ? ["commitTransaction"] : commitAndLookUp, how);
  const outcome = expect(save(secret)).rejects.toMatchObject({ name: "StoreError", kind: "unknown-outcome" });
  if (how.closeConnection === true) {
    await server.failPoint.hit();
    await server.failPoint.on(commitAndLookUp, how);
  }
  await outcome;
}

const committed = { status: "committed" };
const lost = { closeConnection: true };
const notKnownToMost = { writeConcernError: { code: 64, errmsg: "waiting for replication timed out" } };
const notPrimary = { errorCode: 10_107, closeConnection: false };
const writeConflict = { errorCode: 112, errorLabels: ["TransientTransactionError"] };

describe("threat 96: a commit", () => {
  test.each([
    ["whose connection breaks", ["commitTransaction"], lost, 1],
    ["whose connection breaks on every retry of the driver", ["commitTransaction"], lost, 5],
    ["that was carried out, but not answered", ["commitTransaction"], notKnownToMost, 3],
    ["to a server that has stepped down", ["commitTransaction"], notPrimary, 3],
    ["whose writes go to a server that has stepped down", ["update", "insert"], notPrimary, 3],
    ["whose writes meet another transaction", ["update", "insert"], writeConflict, 4],
    ["whose connection breaks before", ["insert"], lost, 2],
  ] as const)("%s happens once", async (_what, commands, how, times) => {
    const first = aSecret("alice/A");
    await server.failPoint.on(commands, how, times);
    expect(await save(first)).toEqual(committed);
    await expectOneVersion(first);
    await server.failPoint.on(commands, how, times);
    const second = nextVersion(first);
    expect(await save(second)).toEqual(committed);
    await expectOneVersion(second);
  });

  test("that drops old versions late does not drop those of a new secret of the key", async () => {
    await store.close();
    store = await open({ commandMs: 20_000, answerMs: 25_000 });
    let secret = aSecret("alice/A");
    await save(secret);
    for (let version = 2; version <= limits.historyVersions; version += 1) {
      secret = nextVersion(secret);
      await save(secret);
    }
    await server.failPoint.on(["delete"], { blockConnection: true, blockTimeMS: 5_000 }, 1);
    secret = nextVersion(secret);
    await save(secret);
    await server.failPoint.hit();
    const { key, version } = secret;
    const purge = { ...aCommit([], { audit: [aRecord()] }), purges: [{ key, version, keepCurrent: false }] };
    expect(await store.commitSecrets(purge)).toEqual(committed);
    const next = aSecret("alice/A", { createdAtMs: secret.createdAtMs + 1 });
    expect(await save(next)).toEqual(committed);
    // Waits for the deletion.
    await store.close();
    store = await open({});
    expect(await store.listHistory(tenant, key)).toEqual([next]);
  });

  test.each([
    ["is lost", lost],
    ["comes too late", { blockConnection: true, blockTimeMS: 2_500 }],
  ])("that %s is of unknown outcome when no one can be asked, and the chain goes on after it", async (_what, how) => {
    await store.close();
    store = await open({ writeMs: 2_000 });
    const first = aSecret("alice/A");
    await save(first);
    const second = nextVersion(first);
    await expectUnknownOutcome(second, how);
    await server.failPoint.off();
    await store.close();
    store = await open({});
    await save(aSecret("alice/B"));
    const chains = (await verifiedChains(store)).flat();
    const wasWritten = chains.some((record) => record.key === "alice/A" && record.version === 2);
    expect(await find("alice/A")).toEqual(wasWritten ? second : first);
  });

  test("of unknown outcome does not hold up the next ones", async () => {
    await store.close();
    store = await open({ writeMs: 2_000 });
    const first = aSecret("alice/A");
    await save(first);
    await expectUnknownOutcome(nextVersion(first), { blockConnection: true, blockTimeMS: 2_500 });
    await server.failPoint.off();
    for (let at = 0; at < 3; at += 1) {
      const later = aSecret(`alice/${at}`);
      await until(() => save(later));
    }
    const records = (await verifiedChains(store)).flat();
    expect(records.filter((record) => record.key !== "alice/A")).toHaveLength(3);
  });

  test("that was carried out without anyone hearing of it keeps its place in the chain", async () => {
    const first = aSecret("alice/A");
    await server.failPoint.on(["commitTransaction"], notKnownToMost);
    const outcome = save(first);
    expect(await outcome).toEqual(committed);
    await server.failPoint.off();
    await save(aSecret("alice/B"));
    await expectOneVersion(first);
    expect((await verifiedChains(store)).flat()).toHaveLength(2);
  });

  test("of identities also happens once", async () => {
    for (const [revision, how] of [lost, notKnownToMost, notPrimary].entries()) {
      await server.failPoint.on(["commitTransaction"], how, 3);
      const commit = { tenant, expectedRevision: revision, users: [], tokens: [], audit: [aRecord()] };
      expect(await store.commitIdentity(commit)).toBe("committed");
      expect(await store.identityRevision(tenant)).toBe(revision + 1);
    }
    expect((await verifiedChains(store)).flat()).toHaveLength(3);
  });

  test("without a record also happens once", async () => {
    await server.failPoint.on(["commitTransaction"], notKnownToMost, 3);
    expect(await store.commitSecrets(aCommit([aSecret("alice/A")]))).toEqual(committed);
    await server.failPoint.on(["commitTransaction"], notKnownToMost, 3);
    expect(await store.commitSecrets(aCommit([], { idempotency: anIdempotencyRecord() }))).toEqual(committed);
    expect(await store.commitSecrets(aCommit([], { idempotency: anIdempotencyRecord() }))).toEqual({
      status: "repeated",
    });
  });

  test("that shares a transaction is retried alone when another one is in the way", async () => {
    await server.failPoint.on(["insert"], writeConflict, 1);
    const secrets = Array.from({ length: 8 }, (_, at) => aSecret(`alice/${at}`));
    const outcomes = await Promise.all(secrets.map(save));
    expect(outcomes).toEqual(secrets.map(() => committed));
    for (const secret of secrets) await expectOneVersion(secret);
  });
});

describe("threat 97: a server that does not answer", () => {
  const frozen = { blockConnection: true, blockTimeMS: 4_000 };

  test("fails reads and writes in their time, and holds no more connections than the pool has", async () => {
    await store.close();
    store = await open({ writeMs: 2_500 });
    await save(aSecret("alice/A"));
    await server.failPoint.on(["find", "aggregate", "insert", "update"], frozen);
    const page = { tenant, visibleTo: "everyone", right: "any", prefix: "", glob: undefined, after: "" } as const;
    const reads = Array.from({ length: 60 }, () => store.listSecrets({ ...page, limit: 1, scanLimit: 1 }));
    const writes = Array.from({ length: 20 }, (_, at) => save(aSecret(`bob/${at}`)));
    const settled = Promise.allSettled([...reads, ...writes]);
    const connections = await connectionsOfStore();
    for (const result of await settled) {
      expect(result).toMatchObject({ status: "rejected", reason: { name: "StoreError" } });
    }
    expect(connections).toBeLessThanOrEqual(16 + monitors);
    await server.failPoint.off();
    expect(await find("alice/A")).toBeDefined();
    expect((await save(aSecret("bob/LATER"))).status).toBe("committed");
    await verifiedChains(store);
  });

  test("one read that fails does not fail those that start later", async () => {
    const secret = aSecret("alice/A");
    await save(secret);
    await server.failPoint.on(["find"], { errorCode: 50 }, 1);
    const failing = find("alice/A");
    await expect(failing).rejects.toMatchObject({ name: "StoreError", kind: "unavailable" });
    expect(await find("alice/A")).toEqual(secret);
  });

  test("a server that has no snapshot for the moment is asked again", async () => {
    const secrets = ["alice/A", "alice/B"].map((key) => aSecret(key));
    await store.commitSecrets(aCommit(secrets));
    await server.failPoint.on(["find"], { errorCode: 246 }, 3);
    const found = await store.findSecrets({ tenant, keys: ["alice/A", "alice/B"], visibleTo: "everyone" });
    expect(found).toHaveLength(2);
  });

  /** Of each client, in addition to its pool. */
  const monitors = 4;

  async function connectionsOfStore(): Promise<number> {
    const stages = [{ $currentOp: { allUsers: true, idleConnections: true } }, { $match: { appName: "secret-svc" } }];
    return (await server.client.db("admin").aggregate(stages).toArray()).length;
  }
});

describe("threat 101: a record of access", () => {
  test.each([
    ["whose connection breaks", lost],
    ["that the server refuses", { errorCode: 50 }],
    ["that was stored without anyone hearing of it", notKnownToMost],
  ])("%s leaves no gap", async (_what, how) => {
    await store.appendAccess([aRecord({ version: 1 })]);
    await server.failPoint.on(["insert"], how);
    const records = [aRecord({ version: 2 }), aRecord({ version: 3 })];
    await expect(store.appendAccess(records)).rejects.toMatchObject({ name: "StoreError", kind: "unavailable" });
    await expect(store.appendAccess([aRecord({ version: 99 })])).rejects.toMatchObject({ kind: "unavailable" });
    await server.failPoint.off();
    await store.appendAccess([aRecord({ version: 4 })]);
    const versions = (await verifiedChains(store)).flat().map((record) => record.version);
    expect(versions.filter((version) => version !== 99)).toEqual([1, 2, 3, 4]);
  });
});
