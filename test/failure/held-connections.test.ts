import { beforeAll, beforeEach, expect, it, onTestFinished } from "vitest";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import type { Store } from "../../src/store/store.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { startProxy, type TcpProxy } from "../support/failure/proxy.ts";
import { type ReplicaSet, startReplicaSet } from "../support/mongo/replica-set.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aRecord, aSecret, nextVersion, tenant } from "../support/store/rows.ts";

const times = { findServerMs: 1_000, commandMs: 500, answerMs: 500, writeMs: 2_000 };
/** The pool, and what the driver watches the server with. */
const connectionsMax = 16 + 3;
const atOnce = 200;

let set: ReplicaSet;
let proxy: TcpProxy;
let store: Store;

// A server of its own: the one that MONGODB_URI names may not be where a proxy can stand in front of it.
beforeAll(async () => {
  set = await startReplicaSet({ members: 1 });
  // Making the indexes takes longer than these tests want to wait for anything.
  await (await openMongoStore({ uri: set.uri.replace("/?", "/secrets?") })).close();
  return () => set.stop();
});

beforeEach(async () => {
  const [member] = set.members;
  proxy = await startProxy(member?.port ?? 0);
  store = await openMongoStore({ uri: `mongodb://127.0.0.1:${proxy.port}/secrets?directConnection=true`, times });
  await begin(store);
  onTestFinished(async () => {
    await store.close();
    await proxy.close();
  });
});

/** What became of calls: how many of them came to a result, and of which kind the errors of the others were. */
async function outcomes(calls: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const settled of await Promise.allSettled(calls)) {
    const error = settled.status === "rejected" ? settled.reason : undefined;
    const name = error === undefined ? "ok" : error instanceof StoreError ? error.kind : String(error);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** A read may meet connections that were cut a moment ago, and says so; each time it meets fewer of them. */
async function readAgain(key: string): Promise<readonly StoredSecret[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store.findSecrets({ tenant, keys: [key], visibleTo: "everyone" });
    } catch (error) {
      if (attempt === connectionsMax) throw error;
    }
  }
}

it("threat 97: a server that swallows everything ends every call with an error, on few connections", async () => {
  proxy.setFault({ kind: "hold", whose: "everyone" });
  // Of different tenants, so that no two of them share a query.
  const reads = Array.from({ length: atOnce }, (_, index) =>
    store.findSecrets({ tenant: `t${index}`, keys: ["K"], visibleTo: "everyone" }),
  );
  const writes = Array.from({ length: atOnce }, (_, index) =>
    store.commitSecrets(aCommit([aSecret(`held/K${index}`)])),
  );
  const [ofReads, ofWrites] = await Promise.all([outcomes(reads), outcomes(writes)]);
  expect(ofReads).toEqual({ unavailable: atOnce });
  expect(Object.keys(ofWrites).filter((name) => name !== "unavailable" && name !== "unknown-outcome")).toEqual([]);
  expect(proxy.count("everyone")).toBeLessThanOrEqual(connectionsMax);
  proxy.setFault(undefined);
  expect(await store.findSecrets({ tenant, keys: ["none"], visibleTo: "everyone" })).toEqual([]);
});

it("threat 97: a commit whose answer is lost happens once or not at all, and the next one goes on from there", async () => {
  let secret = aSecret("cut/KEY");
  await store.commitSecrets(aCommit([secret], { audit: [aRecord({ key: secret.key })] }));
  const cuts = 20;
  for (let cut = 0; cut < cuts; cut += 1) {
    const next = nextVersion(secret);
    const commit = store.commitSecrets(aCommit([next], { audit: [aRecord({ key: next.key, version: next.version })] }));
    proxy.reset("everyone");
    const outcome = await outcomes([commit]);
    const [found] = await readAgain(secret.key);
    const made = found?.version === next.version;
    expect(found?.version).toBe(made ? next.version : secret.version);
    if (outcome.ok === 1) expect(made).toBe(true);
    if (outcome.unavailable === 1) expect(made).toBe(false);
    if (made) secret = next;
  }
  const records = await store.listAudit({ tenant, key: secret.key, limit: 1_000 });
  const versions = records.map(({ version }) => version).sort((left, right) => left - right);
  expect(versions).toEqual(Array.from({ length: secret.version }, (_, index) => index + 1));
});

it("threat 97: packets of one byte and late packets change nothing but the time", async () => {
  for (const fault of [{ kind: "slice" }, { kind: "delay", delayMs: 20 }] as const) {
    proxy.setFault({ ...fault, whose: "everyone" });
    const secret = aSecret(`slow/${fault.kind}`);
    expect(await store.commitSecrets(aCommit([secret]))).toEqual({ status: "committed" });
    expect(await store.findSecrets({ tenant, keys: [secret.key], visibleTo: "everyone" })).toEqual([secret]);
    proxy.setFault(undefined);
  }
});
