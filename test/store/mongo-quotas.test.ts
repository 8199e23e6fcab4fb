import { MongoClient } from "mongodb";
import { expect, onTestFinished, test } from "vitest";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import type { Store } from "../../src/store/store.ts";
import { type UsageLimits, versionBytes, wholeTenant } from "../../src/store/usage.ts";
import { openProcesses } from "../support/mongo/processes.ts";
import { createTestDatabase } from "../support/mongo/test-database.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aRecord, aSecret, nextVersion, tenant } from "../support/store/rows.ts";

test("fault A3: every process counts in rows of its own, and all of them see the sum", async () => {
  const { stores, uri } = await openProcesses(3);
  const secrets = stores.map((_, at) => aSecret(`alice/${at}`));
  await Promise.all(stores.map((store, at) => store.commitSecrets(aCommit(secrets.slice(at, at + 1)))));
  const bytes = secrets.reduce((sum, secret) => sum + versionBytes(secret), 0);
  for (const store of stores) {
    expect(await store.findUsage(tenant, "alice")).toEqual({ secrets: 3, bytes });
    expect(await store.findUsage(tenant, wholeTenant)).toEqual({ secrets: 3, bytes });
  }
  const client = await MongoClient.connect(uri);
  onTestFinished(() => client.close());
  const rows = await client.db().collection("usage").find({ slug: "alice" }).sort({ slot: 1 }).toArray();
  expect(rows.map(({ slot, secrets: counted }) => [slot, counted])).toEqual([
    [0, 1],
    [1, 1],
    [2, 1],
  ]);
});

test("fault A3: several processes that write at once exceed a quota by no more than one commit each", async () => {
  const { stores } = await openProcesses(3);
  const limit = 40;
  const usageLimits: UsageLimits = {
    user: { secrets: limit, bytes: Infinity },
    tenant: { secrets: Infinity, bytes: Infinity },
  };
  const outcomes = await Promise.all(
    stores.map(async (store, process) => {
      for (let at = 0; ; at += 1) {
        const outcome = await store.commitSecrets(aCommit([aSecret(`alice/${process}-${at}`)], { usageLimits }));
        if (outcome.status !== "committed") return outcome;
      }
    }),
  );
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: "over-quota", slug: "alice", limit });
  const { secrets } = (await stores[0]?.findUsage(tenant, "alice")) ?? { secrets: 0 };
  expect(secrets).toBeGreaterThanOrEqual(limit);
  expect(secrets).toBeLessThan(limit + stores.length);
});

test("fault A3: of commits that share a transaction, only those are refused that exceed a quota", async () => {
  const { stores } = await openProcesses(1);
  const [store] = stores;
  const usageLimits: UsageLimits = {
    user: { secrets: 2, bytes: Infinity },
    tenant: { secrets: Infinity, bytes: Infinity },
  };
  const owners = ["alice", "bob", "alice", "alice", "bob", "alice"];
  const commits = owners.map((owner, at) => aCommit([aSecret(`${owner}/${at}`, { owner })], { usageLimits }));
  const outcomes = await Promise.all(commits.map((commit) => store?.commitSecrets(commit)));
  expect(outcomes.map((outcome) => outcome?.status)).toEqual([
    ...["committed", "committed", "committed", "over-quota", "committed", "over-quota"],
  ]);
});

test("fault A3: two processes that took the same number part at the next heartbeat", async () => {
  const { stores, uri } = await openProcesses(2);
  const client = await MongoClient.connect(uri);
  onTestFinished(() => client.close());
  const processes = client.db().collection<{ _id: string; slot: number }>("processes");
  await processes.updateMany({}, { $set: { slot: 1 } });
  for (const [at, store] of stores.entries()) await store.keepProcess({ id: `process-${at}`, kids: [] });
  const rows = await processes.find().sort({ _id: 1 }).toArray();
  expect(new Set(rows.map(({ slot }) => slot)).size).toBe(2);
});

test("fault A3: a quota that is raised, or used less by another process, is noticed at once", async () => {
  const { stores } = await openProcesses(2);
  const [one, two] = stores;
  const upTo = (secrets: number): UsageLimits => ({
    user: { secrets, bytes: Infinity },
    tenant: { secrets: Infinity, bytes: Infinity },
  });
  const first = aSecret("alice/1");
  await one?.commitSecrets(aCommit([first], { usageLimits: upTo(1) }));
  const second = aCommit([aSecret("alice/2")], { usageLimits: upTo(1) });
  expect(await one?.commitSecrets(second)).toMatchObject({ status: "over-quota" });
  await two?.commitSecrets(aCommit([nextVersion(first, { removed: true })], { usageLimits: upTo(1) }));
  expect(await one?.commitSecrets(second)).toEqual({ status: "committed" });
  const third = aCommit([aSecret("alice/3")], { usageLimits: upTo(2) });
  expect(await one?.commitSecrets(third)).toEqual({ status: "committed" });
});

test("fault A3: what a process noted before it was killed is counted by the next one, once", async () => {
  const database = await createTestDatabase();
  const stores: Store[] = [];
  onTestFinished(async () => {
    for (const store of stores) await store.close();
    await database.drop();
  });
  const open = async (at: number) => {
    const store = await openMongoStore({ uri: database.uri });
    stores.push(store);
    await store.keepProcess({ id: `process-${at}`, kids: [] });
    await begin(store);
    return store;
  };
  const client = await MongoClient.connect(database.uri);
  onTestFinished(() => client.close());
  const counted = async () => {
    const rows = await client.db().collection("usage").find({ slug: "alice" }).toArray();
    return rows.reduce((sum, row) => sum + row.secrets, 0);
  };
  const killed = await open(0);
  const secrets: ReturnType<typeof aSecret>[] = [];
  // Until a note is there that it has not added itself. From then on it does nothing more.
  do {
    const secret = aSecret(`alice/${secrets.length + 1}`);
    secrets.push(secret);
    await killed.commitSecrets(aCommit([secret], { audit: [aRecord()] }));
  } while ((await counted()) === secrets.length);
  const bytes = secrets.reduce((sum, secret) => sum + versionBytes(secret), 0);
  const [one, two] = [await open(1), await open(2)];
  const counts = await Promise.all([one, two, one].map((store) => store.findUsage(tenant, "alice")));
  for (const count of counts) expect(count).toEqual({ secrets: secrets.length, bytes });
  expect(await counted()).toBe(secrets.length);
});

test("fault A3: notes are counted before their records are dropped", async () => {
  const { stores, uri } = await openProcesses(1);
  const [store] = stores;
  await store?.commitSecrets(aCommit([aSecret("alice/1")], { audit: [aRecord()] }));
  const [chain] = ((await store?.listChains()) ?? []).filter(({ sink }) => sink === "changes");
  const mac = new Uint8Array(32);
  const checkpoint = {
    chain: chain?.chain ?? "",
    sink: "changes",
    position: 1,
    lastMac: mac,
    lastTimeMs: 1,
    mac,
  } as const;
  await store?.dropAudit(checkpoint);
  const client = await MongoClient.connect(uri);
  onTestFinished(() => client.close());
  expect(await client.db().collection("changes").countDocuments()).toBe(0);
  expect(await store?.findUsage(tenant, "alice")).toMatchObject({ secrets: 1 });
});

test("fault A3: a purge of old versions by another process is noticed by one that knows the secret", async () => {
  const { stores } = await openProcesses(2);
  const [one, two] = stores;
  if (one === undefined || two === undefined) throw new Error("two processes were opened");
  let secret = aSecret("alice/A");
  await one.commitSecrets(aCommit([secret]));
  for (let version = 2; version <= 5; version += 1) {
    secret = nextVersion(secret);
    await one.commitSecrets(aCommit([secret]));
  }
  const purges = [{ key: "alice/A", version: 4, keepCurrent: true }];
  await two.commitSecrets({ ...aCommit([], { audit: [aRecord()] }), purges });
  const next = nextVersion(secret);
  expect(await one.commitSecrets(aCommit([next], { audit: [aRecord()] }))).toEqual({ status: "committed" });
  const history = await one.listHistory(tenant, "alice/A");
  expect(history.map(({ version }) => version)).toEqual([6, 5, 4]);
  const bytes = history.reduce((sum, version) => sum + versionBytes(version), 0);
  for (const store of stores) expect(await store.findUsage(tenant, "alice")).toEqual({ secrets: 1, bytes });
});
