import fc from "fast-check";
import { expect, it } from "vitest";
import { limits } from "../../../src/limits.ts";
import type { StoredSecret } from "../../../src/store/secret-rows.ts";
import type { Store } from "../../../src/store/store.ts";
import { type Usage, type UsageLimits, versionBytes, wholeTenant } from "../../../src/store/usage.ts";
import { createRandom } from "../../support/failure/random.ts";
import { checkRandom, historySeeds } from "../../support/random-draws.ts";
import {
  aCommit,
  aLists,
  anIdempotencyRecord,
  aRecord,
  aSecret,
  nextVersion,
  startMs,
  tenant,
} from "../../support/store/rows.ts";
import type { Fixture } from "./contract.ts";

const owners = ["alice", "bob", "carol"];
const keys = Array.from({ length: 8 }, (_, at) => `team/${at}`);

/** Commits and the counts of what is stored. */
export function usageContract(fixture: Fixture): void {
  it("fault A3: counts are those of a full count after a random history", async () => {
    const { store } = fixture;
    let step = 0;
    const property = fc.asyncProperty(historySeeds, async (seed) => {
      const { below } = createRandom(seed);
      for (const end = step + 55; step < end; step += 1) await doSomething(store, below, step);
      expect(await countsOf(store)).toEqual(await fullCount(store));
    });
    await checkRandom(property, 4);
    expect((await store.findUsage(tenant, wholeTenant)).bytes).toBeGreaterThan(0);
  });

  it("fault A3: a commit that makes an owner or the tenant exceed a limit changes nothing", async () => {
    const { store } = fixture;
    const first = aSecret("alice/A");
    await store.commitSecrets(aCommit([first]));
    const bytes = versionBytes(first);
    const tight = (fields: { user?: Partial<Usage>; tenant?: Partial<Usage> }): UsageLimits => ({
      user: { secrets: Infinity, bytes: Infinity, ...fields.user },
      tenant: { secrets: Infinity, bytes: Infinity, ...fields.tenant },
    });
    const second = aSecret("alice/B");
    const refused = async (usageLimits: UsageLimits, secrets: readonly StoredSecret[] = [second]) => {
      const idempotency = anIdempotencyRecord({ key: "over" });
      return store.commitSecrets(aCommit(secrets, { usageLimits, idempotency, audit: [aRecord()] }));
    };
    expect(await refused(tight({ user: { secrets: 1 } }))).toEqual({
      ...{ status: "over-quota", slug: "alice", resource: "secrets", limit: 1, actual: 2 },
    });
    expect(await refused(tight({ user: { bytes: 2 * bytes - 1 } }))).toEqual({
      ...{ status: "over-quota", slug: "alice", resource: "bytes", limit: 2 * bytes - 1, actual: 2 * bytes },
    });
    expect(await refused(tight({ tenant: { secrets: 1 } }), [aSecret("bob/B", { owner: "bob" })])).toEqual({
      ...{ status: "over-quota", slug: wholeTenant, resource: "secrets", limit: 1, actual: 2 },
    });
    expect(await store.findSecrets({ tenant, keys: ["alice/B", "bob/B"], visibleTo: "everyone" })).toEqual([]);
    expect(await store.listAudit({ tenant, limit: 10 })).toEqual([]);
    expect(await countsOf(store)).toEqual(await fullCount(store, ["alice/A"]));
    expect(await refused(tight({ user: { secrets: 2, bytes: 2 * bytes }, tenant: { secrets: 2 } }))).toEqual({
      status: "committed",
    });
  });

  it("fault A3: what takes less is never refused, even beyond the limit", async () => {
    const { store } = fixture;
    const large = aSecret("alice/A", { metadata: [["note", "x".repeat(500)]] });
    await store.commitSecrets(aCommit([large, aSecret("alice/B")]));
    const nothing: UsageLimits = { user: { secrets: 0, bytes: 0 }, tenant: { secrets: 0, bytes: 0 } };
    let current = large;
    const save = async (fields: Partial<StoredSecret>, usageLimits: UsageLimits | undefined) => {
      const next = nextVersion(current, fields);
      const outcome = await store.commitSecrets(aCommit([next], { usageLimits }));
      if (outcome.status === "committed") current = next;
      return outcome.status;
    };
    // Every version adds to the history until the oldest one is dropped.
    expect(await save({}, nothing)).toBe("over-quota");
    for (let made = 1; made < limits.historyVersions; made += 1) expect(await save({}, undefined)).toBe("committed");
    expect(await save({}, nothing)).toBe("committed");
    expect(await save({ metadata: [] }, nothing)).toBe("committed");
    expect(await save({ metadata: [], removed: true }, nothing)).toBe("committed");
    expect(await save({ removed: false }, nothing)).toBe("over-quota");
    const purge = { key: "alice/A", version: current.version, keepCurrent: false };
    const purged = { ...aCommit([], { audit: [aRecord()], usageLimits: nothing }), purges: [purge] };
    expect(await store.commitSecrets(purged)).toEqual({ status: "committed" });
    expect(await countsOf(store)).toEqual(await fullCount(store, ["alice/B"]));
  });

  it("fault A3: a secret that gets another owner moves, with its history", async () => {
    const { store } = fixture;
    const first = aSecret("alice/A");
    await store.commitSecrets(aCommit([first]));
    const moved = nextVersion(first, { owner: "bob" });
    await store.commitSecrets(aCommit([moved]));
    expect(await store.findUsage(tenant, "alice")).toEqual({ secrets: 0, bytes: 0 });
    const bytes = versionBytes(first) + versionBytes(moved);
    expect(await store.findUsage(tenant, "bob")).toEqual({ secrets: 1, bytes });
    expect(await store.findUsage(tenant, wholeTenant)).toEqual({ secrets: 1, bytes });
    expect(await store.findUsage("other", wholeTenant)).toEqual({ secrets: 0, bytes: 0 });
  });

  it("fault A3: lists usage page by page, the tenant before its users", async () => {
    const { store } = fixture;
    await store.commitSecrets(aCommit([aSecret("alice/A"), aSecret("bob/B", { owner: "bob" })]));
    await store.commitSecrets(aCommit([aSecret("alice/A", { tenant: "acme" })]));
    const names: string[] = [];
    for (let after = { tenant: "", slug: "" }; ; ) {
      const [row, ...others] = await store.listUsage(after, 1);
      expect(others).toEqual([]);
      if (row === undefined) break;
      names.push(`${row.tenant}/${row.slug} ${row.secrets}`);
      after = row;
    }
    expect(names).toEqual(["acme/ 1", "acme/alice 1", "default/ 2", "default/alice 1", "default/bob 1"]);
  });
}

/** What the store has counted. */
async function countsOf(store: Store): Promise<Record<string, Usage>> {
  const counts: Record<string, Usage> = {};
  for (const slug of [...owners, wholeTenant]) counts[slug] = await store.findUsage(tenant, slug);
  return counts;
}

/** What is there. */
async function fullCount(store: Store, of: readonly string[] = keys): Promise<Record<string, Usage>> {
  const counts: Record<string, { secrets: number; bytes: number }> = {};
  for (const slug of [...owners, wholeTenant]) counts[slug] = { secrets: 0, bytes: 0 };
  for (const current of await store.findSecrets({ tenant, keys: of, visibleTo: "everyone" })) {
    const history = await store.listHistory(tenant, current.key);
    for (const slug of [current.owner, wholeTenant]) {
      const counted = counts[slug];
      if (counted === undefined) throw new Error(`${slug} owns a secret`);
      if (!current.removed) counted.secrets += 1;
      for (const version of history) counted.bytes += versionBytes(version);
    }
  }
  return counts;
}

/** One commit of one to three secrets, or a purge, or a rewrap. */
async function doSomething(store: Store, random: (below: number) => number, step: number): Promise<void> {
  const first = random(keys.length);
  const chosen = [...new Set(Array.from({ length: 1 + random(3) }, (_, at) => keys[(first + at * 3) % keys.length]))];
  const found = await store.findSecrets({ tenant, keys: chosen.map(String), visibleTo: "everyone" });
  const [current] = found;
  const kind = random(10);
  if (current !== undefined && kind === 0) return purge(store, current, current.version, false);
  if (current !== undefined && kind === 1) return purge(store, current, Math.max(1, current.version - random(4)), true);
  if (current !== undefined && kind === 2) {
    const rewritten = { ...current, envelope: new Uint8Array(40 + random(60)) };
    const changes = [{ secret: rewritten, expectedVersion: current.version }];
    expect(await store.commitSecrets({ ...aCommit([]), changes })).toEqual({ status: "committed" });
    return;
  }
  const secrets = chosen.map((key) => {
    const fields = {
      owner: owners[random(owners.length)] ?? "alice",
      removed: random(4) === 0,
      envelope: new Uint8Array(48 + random(400)),
      metadata: random(2) === 0 ? [] : [["note", "ü".repeat(random(30))] as const],
      lists: aLists({ readers: owners.slice(0, random(3)) }),
    };
    const former = found.find((secret) => secret.key === key);
    return former === undefined
      ? aSecret(String(key), { ...fields, createdAtMs: startMs + step })
      : nextVersion(former, fields);
  });
  const audit = random(3) === 0 ? [] : secrets.map(({ key }) => aRecord({ key }));
  expect(await store.commitSecrets(aCommit(secrets, { audit }))).toEqual({ status: "committed" });
}

async function purge(store: Store, { key }: StoredSecret, version: number, keepCurrent: boolean): Promise<void> {
  const commit = { ...aCommit([], { audit: [aRecord()] }), purges: [{ key, version, keepCurrent }] };
  expect(await store.commitSecrets(commit)).toEqual({ status: "committed" });
}
