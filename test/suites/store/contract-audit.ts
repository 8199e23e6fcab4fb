import { expect, it } from "vitest";
import { signCheckpoint } from "../../../src/audit/checkpoint.ts";
import { endAction } from "../../../src/audit/journal-end.ts";
import type { AuditRecord, ChainedRecord } from "../../../src/audit/record.ts";
import { type AuditProblem, createAuditVerifier } from "../../../src/audit/verifier.ts";
import type { AuditPage, AuditQuery } from "../../../src/store/audit-page.ts";
import type { Store } from "../../../src/store/store.ts";
import { globMatches } from "../../../src/text/glob.ts";
import { begin } from "../../support/store/begin.ts";
import { aCommit, aRecord, aSecret, aUser, auditKey, nextVersion, startMs, tenant } from "../../support/store/rows.ts";
import { everyRecord, verifiedChains } from "../../support/store/verified-chains.ts";
import type { Fixture } from "./contract.ts";

function plain({ chain: _chain, position: _position, mac: _mac, ...record }: ChainedRecord): AuditRecord {
  return record;
}

export function auditContract(fixture: Fixture): void {
  it("keeps every field of a record", async () => {
    const record = aRecord({
      action: "secret.list",
      decision: "refused",
      count: 3,
      names: ["a", "__proto__", 'quote " and \\ and \n'],
      filter: "text \u0000 with 'quotes', \u{1f511} and \u2028",
      peer: "::1",
      timeMs: 0,
    });
    await fixture.store.appendAccess([record]);
    await fixture.store.commitSecrets(aCommit([aSecret("alice/A")], { audit: [record] }));
    const records = await fixture.store.listAudit({ tenant, limit: 10 });
    expect(records.map(plain)).toEqual([record, record]);
    await verifiedChains(fixture.store);
  });

  it("chains the records of both sinks, each with what it records", async () => {
    let secret = aSecret("alice/A");
    const writes: Promise<unknown>[] = [fixture.store.commitSecrets(aCommit([secret], { audit: [aRecord()] }))];
    for (let at = 0; at < 50; at += 1) {
      writes.push(fixture.store.appendAccess([aRecord({ version: at }), aRecord({ version: at })]));
      const stale = at % 5 === 4;
      const next = nextVersion(secret);
      const audit = [aRecord({ version: next.version, decision: stale ? "denied" : "allowed" })];
      const change = { secret: next, expectedVersion: stale ? 999 : secret.version };
      writes.push(fixture.store.commitSecrets({ ...aCommit([]), changes: [change], audit }));
      if (!stale) secret = next;
    }
    const revision = { tenant, expectedRevision: 0, users: [aUser("bob")], tokens: [] };
    writes.push(fixture.store.commitIdentity({ ...revision, audit: [aRecord({ action: "user.save" })] }));
    await Promise.all(writes);
    const [first, second] = await verifiedChains(fixture.store);
    const lengths = [first?.length, second?.length].sort();
    expect(lengths).toEqual([100, 42]);
    const changes = first?.length === 42 ? first : second;
    expect(changes?.filter((record) => record.decision === "denied")).toEqual([]);
    expect(changes?.map((record) => record.version).slice(0, -1)).toEqual(
      Array.from({ length: 41 }, (_, at) => at + 1),
    );
  });

  it("keeps what is recorded while other records are being stored", async () => {
    const appends: Promise<void>[] = [];
    for (let at = 0; at < 40; at += 1) {
      appends.push(fixture.store.appendAccess([aRecord({ version: at })]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(appends);
    const records = (await verifiedChains(fixture.store)).flat();
    expect(records.map((record) => record.version)).toEqual(Array.from({ length: 40 }, (_, at) => at));
  });

  it("registers two chains for each process, and names each record once", async () => {
    await fixture.store.appendAccess([aRecord()]);
    const reopened = await fixture.reopen();
    await expect(reopened.appendAccess([aRecord()])).rejects.toMatchObject({ name: "StoreError", kind: "unavailable" });
    const chain = await begin(reopened);
    await reopened.appendAccess([aRecord({ key: "later" })]);
    await reopened.commitSecrets(aCommit([aSecret("alice/A")], { audit: [aRecord({ key: "later" })] }));
    const chains = await reopened.listChains();
    expect(chains).toHaveLength(4);
    expect(new Set(chains.map((registered) => registered.chain)).size).toBe(4);
    expect(chains.map((registered) => registered.sink).sort()).toEqual(["access", "access", "changes", "changes"]);
    const later = await reopened.listAudit({ tenant, key: "later", limit: 10 });
    expect(later.map((record) => record.position)).toEqual([1, 1]);
    expect(new Set(later.map((record) => record.chain)).size).toBe(2);
    for (const record of later) expect(record.chain.startsWith(chain)).toBe(true);
    await verifiedChains(reopened);
    const again = reopened.beginAudit({ auditKey, chain, startedAtMs: startMs });
    await expect(again).rejects.toMatchObject({ name: "StoreError" });
  });

  it("does not begin a chain that another process began", async () => {
    const chain = await begin(await fixture.reopen());
    const next = await fixture.reopen();
    const options = { auditKey, chain, startedAtMs: startMs };
    await expect(next.beginAudit(options)).rejects.toMatchObject({ name: "StoreError", kind: "unavailable" });
    await begin(next);
  });

  it("lists newest first, across both sinks, a page at a time", async () => {
    for (let at = 0; at < 30; at += 1) {
      const record = aRecord({ timeMs: startMs + Math.floor(at / 4) });
      if (at % 2 === 0) await fixture.store.appendAccess([record]);
      else await fixture.store.commitSecrets(aCommit([aSecret(`alice/${at}`)], { audit: [record] }));
    }
    const all = await fixture.store.listAudit({ tenant, limit: 100 });
    expect(all).toHaveLength(30);
    const ordered = [...all].sort(
      (a, b) =>
        b.timeMs - a.timeMs || Buffer.compare(Buffer.from(b.chain), Buffer.from(a.chain)) || b.position - a.position,
    );
    expect(all).toEqual(ordered);
    for (const limit of [1, 7, 29]) expect(await everyRecord(fixture.store, { tenant, limit })).toEqual(all);
  });

  it("selects by key, principal, action, decision and time, in any combination", async () => {
    const records = Array.from({ length: 240 }, (_, at) =>
      aRecord({
        timeMs: startMs + at,
        key: at % 7 ? (at % 2 ? "alice/A" : "alice/B") : `many/${at}`,
        principal: at % 3 ? "alice" : "bob",
        action: at % 5 ? "secret.read" : at % 2 ? "secret.list" : "user.list",
        decision: at % 4 ? "allowed" : "denied",
      }),
    );
    const without = Array.from({ length: 150 }, (_, at) => aRecord({ key: `most/${at}`, timeMs: startMs + 240 + at }));
    const odd = aRecord({ key: "x_Y.z+w@v=u-t/s", timeMs: startMs + 240, action: "secret.list" });
    records.push(aRecord({ key: "", timeMs: startMs + 240 }), odd, ...without);
    await fixture.store.appendAccess([...records, aRecord({ tenant: "other", timeMs: startMs + 5 })]);
    const selections: Partial<AuditQuery>[] = [
      { key: "alice/A" },
      { principal: "bob" },
      { actions: ["secret.list"] },
      { actions: ["secret.list", "user.list", "secret.save", "token.create"] },
      { actions: ["user.list", "secret.read"], fromMs: startMs + 100 },
      { actions: ["user.list", "secret.list"], actionPrefix: "secret.", decision: "allowed" },
      { actionPrefix: "user." },
      { key: "alice/A", actionPrefix: "secret." },
      { keyGlob: "alice/*" },
      { keyGlob: "alice/A*", principal: "bob", fromMs: startMs + 20 },
      { keyGlob: "many/*1*" },
      { keyGlob: "*/1*3", actions: ["secret.read", "secret.list"] },
      { keyGlob: "*li*e/*" },
      { keyGlob: "m*" },
      { keyGlob: "*_Y.z+w@v=u-t*s" },
      { keyGlob: "*_y.z+w@v=u-t*s" },
      { keyGlob: "*_Y.z*v=u-t/" },
      { keyGlob: "most/*", toMs: startMs + 300 },
      { keyGlob: "*" },
      { keyGlob: "none/*" },
      { decision: "denied" },
      { fromMs: startMs + 100, toMs: startMs + 200 },
      { key: "alice/B", principal: "bob", actions: ["secret.list"], decision: "denied" },
      { principal: "alice", decision: "denied", fromMs: startMs + 10 },
      { key: "alice/A", toMs: startMs + 50 },
      { key: "alice/C" },
    ];
    for (const selection of selections) {
      const { fromMs = 0, toMs = Number.MAX_SAFE_INTEGER, keyGlob, actions, actionPrefix = "", ...equal } = selection;
      const expected = records
        .filter((record) => record.timeMs >= fromMs && record.timeMs < toMs)
        .filter(({ key }) => keyGlob === undefined || (key !== "" && globMatches(keyGlob, key)))
        .filter(({ action }) => action.startsWith(actionPrefix) && (actions?.includes(action) ?? true))
        .filter((record) => Object.entries(equal).every(([name, value]) => Object(record)[name] === value))
        .toReversed();
      expect((await everyRecord(fixture.store, { tenant, limit: 7, ...selection })).map(plain)).toEqual(expected);
    }
    expect(await fixture.store.listAudit({ tenant: "other", limit: 10 })).toHaveLength(1);
  });

  it("finds the newest change of a key behind any number of records that are of no change", async () => {
    const change = aRecord({ key: "alice/A", version: 3 });
    const others = ["secret.plan", "secret.unchanged", "secret.scan", "secret.compare"].map((action, at) =>
      aRecord({ key: "alice/A", version: 2, action, timeMs: startMs + 1 + at }),
    );
    await fixture.store.commitSecrets(aCommit([aSecret("alice/A")], { audit: [change, ...others] }));
    await fixture.store.commitSecrets(aCommit([aSecret("alice/B")], { audit: [aRecord({ key: "alice/B" })] }));
    const queries = ["alice/A", "alice/B"].map((name) => ({ tenant, name, action: "secret.", isVersioned: true }));
    const asked = [
      await fixture.store.newestChanges(queries.slice(0, 1), 5),
      await fixture.store.newestChanges(queries, 5),
    ];
    expect(asked.map((found) => found[0]?.map(({ action, version }) => `${action} ${version}`))).toEqual([
      ["secret.save 3"],
      ["secret.save 3"],
    ]);
  });

  it("says who read a key: the newest reads of each, the latest reader first", async () => {
    const read = (fields: Partial<AuditRecord>) => aRecord({ action: "secret.read", ...fields });
    await fixture.store.appendAccess([
      ...Array.from({ length: 30 }, (_, at) => read({ key: "alice/A", principal: `old-${at}`, timeMs: startMs + at })),
      read({ key: "alice/A", principal: "bob", timeMs: startMs + 100, version: 2 }),
      read({ key: "alice/A", principal: "carl", timeMs: startMs + 101, version: 3 }),
      read({ key: "alice/A", principal: "bob", timeMs: startMs + 102, version: 1 }),
      read({ key: "alice/A", principal: "dora", timeMs: startMs + 103, decision: "denied" }),
      aRecord({ action: "secret.explain", key: "alice/A", principal: "emil", timeMs: startMs + 104 }),
      read({ key: "alice/A", principal: "fred", timeMs: startMs + 105, tenant: "other" }),
      read({ key: "alice/B", principal: "gwen", timeMs: startMs + 106 }),
    ]);
    const queries = [
      { key: "alice/A", fromMs: 0 },
      { key: "alice/none", fromMs: 0 },
      { key: "alice/A", fromMs: startMs + 101 },
      { key: "alice/B", fromMs: startMs + 107 },
    ];
    const bob = { slug: "bob", lastReadAtMs: startMs + 102, version: 1 };
    const carl = { slug: "carl", lastReadAtMs: startMs + 101, version: 3, reads: 1 };
    const [all = [], ...rest] = await fixture.store.newestReaders(tenant, queries, { records: 1_000, readers: 4 });
    expect(all).toEqual([
      { ...bob, reads: 2 },
      carl,
      { slug: "old-29", lastReadAtMs: startMs + 29, version: 1, reads: 1 },
      { slug: "old-28", lastReadAtMs: startMs + 28, version: 1, reads: 1 },
    ]);
    expect(rest).toEqual([[], [{ ...bob, reads: 1 }, carl], []]);
    // Of the records that are looked at, the newest two are of no read.
    const [few] = await fixture.store.newestReaders(tenant, queries, { records: 3, readers: 4 });
    expect(few).toEqual([{ ...bob, reads: 1 }]);
    expect(await fixture.store.newestReaders(tenant, [], { records: 3, readers: 4 })).toEqual([]);
  });

  it("reads all records of a sink, of every tenant, those of each chain in their order", async () => {
    for (let at = 0; at < 23; at += 1) {
      await fixture.store.appendAccess([aRecord({ version: at, tenant: at % 2 ? tenant : "other" })]);
    }
    await fixture.store.commitSecrets(aCommit([aSecret("alice/A")], { audit: [aRecord({ key: "change" })] }));
    const later = await fixture.reopen();
    await begin(later);
    await later.appendAccess([aRecord({ version: 23 })]);
    for (const limit of [1, 5, 24, 100]) {
      // A store with a journal says where the chain of an earlier process ended.
      const access = (await readSink(later, "access", limit)).filter(({ action }) => action !== endAction);
      const chains = Map.groupBy(access, ({ chain }) => chain);
      expect([...chains.values()].map((records) => records.map(({ version }) => version))).toEqual(
        expect.arrayContaining([Array.from({ length: 23 }, (_, at) => at), [23]]),
      );
      expect((await readSink(later, "changes", limit)).map(({ key }) => key)).toEqual(["change"]);
    }
    expect(await problemsOf(later)).toEqual([]);
  });

  it("drops old records behind a checkpoint, and verifies from there", async () => {
    await fixture.store.appendAccess(Array.from({ length: 9 }, (_, at) => aRecord({ version: at })));
    for (const at of [1, 2, 3]) {
      await fixture.store.commitSecrets(aCommit([aSecret(`alice/${at}`)], { audit: [aRecord({ version: at })] }));
    }
    for (const [sink, position] of [
      ["access", 4],
      ["changes", 3],
      ["access", 6],
      ["access", 2],
    ] as const) {
      const last = (await readSink(fixture.store, sink, 10)).find((record) => record.position === position);
      const { chain = "", mac = new Uint8Array(32), timeMs = 0 } = last ?? {};
      // The last of them is behind the one before, which stays.
      const known = (await fixture.store.listCheckpoints()).find((checkpoint) => checkpoint.sink === sink);
      const of = { chain: known?.chain ?? chain, sink, position, lastMac: mac, lastTimeMs: timeMs };
      await fixture.store.dropAudit(signCheckpoint(auditKey, of));
      expect(await problemsOf(fixture.store)).toEqual([]);
    }
    expect((await readSink(fixture.store, "access", 10)).map(({ position }) => position)).toEqual([7, 8, 9]);
    expect(await readSink(fixture.store, "changes", 10)).toEqual([]);
    expect((await fixture.store.listCheckpoints()).map(({ position }) => position).sort()).toEqual([3, 6]);
    expect(await lastPositions(fixture.store)).toEqual({ access: 9, changes: 0 });
    await fixture.store.appendAccess([aRecord()]);
    await fixture.store.commitSecrets(aCommit([aSecret("alice/4")], { audit: [aRecord()] }));
    expect(await problemsOf(fixture.store)).toEqual([]);
    expect(await problemsOf(await fixture.reopen())).toEqual([]);
  });
}

async function lastPositions(store: Store): Promise<Record<string, number>> {
  const chains = await store.listChains();
  const entries = chains.map(async ({ sink, chain }) => [sink, await store.lastPosition(sink, chain)] as const);
  expect(await store.lastPosition("access", "unknown")).toBe(0);
  return Object.fromEntries(await Promise.all(entries));
}

async function readSink(store: Store, sink: "changes" | "access", limit: number): Promise<ChainedRecord[]> {
  const records: ChainedRecord[] = [];
  for (let after: string | undefined = ""; after !== undefined; ) {
    const page: AuditPage = await store.readAudit(sink, after, limit);
    records.push(...page.records);
    after = page.next;
  }
  return records;
}

async function problemsOf(store: Store): Promise<readonly AuditProblem[]> {
  const [chains, checkpoints] = await Promise.all([store.listChains(), store.listCheckpoints()]);
  const verifier = createAuditVerifier({ auditKey, chains, checkpoints });
  for (const sink of ["changes", "access"] as const) verifier.check(sink, await readSink(store, sink, 7));
  return verifier.finish().problems;
}
