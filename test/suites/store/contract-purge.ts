import { expect, it } from "vitest";
import type { StoredSecret } from "../../../src/store/secret-rows.ts";
import { versionBytes } from "../../../src/store/usage.ts";
import { aCommit, aRecord, aSecret, nextVersion, startMs, tenant } from "../../support/store/rows.ts";
import type { Fixture } from "./contract.ts";

export function purgeContract(fixture: Fixture): void {
  const commit = (secrets: readonly StoredSecret[]) => fixture.store.commitSecrets(aCommit(secrets));
  const find = async (key: string) =>
    (await fixture.store.findSecrets({ tenant, keys: [key], visibleTo: "everyone" }))[0];

  it("lists what was removed until a time, the longest removed first", async () => {
    const [a, b, c] = ["alice/A", "alice/B", "alice/C"].map((key) => aSecret(key)) as [
      StoredSecret,
      StoredSecret,
      StoredSecret,
    ];
    await commit([a, b, c]);
    const removed = [
      nextVersion(a, { removed: true, updatedAtMs: startMs + 20 }),
      nextVersion(b, { removed: true, updatedAtMs: startMs + 10 }),
    ] as const;
    await commit(removed);
    const { store } = fixture;
    expect(await store.listRemoved(startMs + 20, 10, 0)).toEqual([removed[1], removed[0]]);
    expect(await store.listRemoved(startMs + 20, 1, 0)).toEqual([removed[1]]);
    expect(await store.listRemoved(startMs + 19, 10, 0)).toEqual([removed[1]]);
    expect(await store.listRemoved(startMs + 9, 10, 0)).toEqual([]);
    expect(await store.listRemoved(startMs + 20, 0, 0)).toEqual([]);
  });

  it("purges a secret with all that is known of it, in one transaction with its record", async () => {
    const secret = aSecret("alice/A", { id: "secr_a" });
    await commit([secret, aSecret("alice/B")]);
    const removed = nextVersion(secret, { removed: true });
    await commit([removed]);
    const purge = (version: number, record = aRecord({ action: "secret.purge", key: "alice/A" })) =>
      fixture.store.commitSecrets({
        tenant,
        changes: [],
        purges: [{ key: "alice/A", version, keepCurrent: false }],
        audit: [record],
        idempotency: undefined,
      });
    expect(await purge(1)).toEqual({ status: "stale", index: 0 });
    expect(await find("alice/A")).toEqual(removed);
    expect(await purge(2)).toEqual({ status: "committed" });
    expect(await find("alice/A")).toBeUndefined();
    expect(await fixture.store.listHistory(tenant, "alice/A")).toEqual([]);
    expect(await fixture.store.findSecrets({ tenant, ids: ["secr_a"], visibleTo: "everyone" })).toEqual([]);
    expect(await purge(2)).toEqual({ status: "stale", index: 0 });
    expect(await fixture.store.listAudit({ tenant, actions: ["secret.purge"], limit: 10 })).toHaveLength(1);
    expect(await find("alice/B")).toBeDefined();
    // Key and id are free again.
    expect(await commit([aSecret("alice/A", { id: "secr_a2" }), aSecret("alice/C", { id: "secr_a" })])).toEqual({
      status: "committed",
    });
  });

  it("purges old versions and keeps the current one", async () => {
    let secret = aSecret("alice/A");
    await commit([secret]);
    for (let version = 2; version <= 4; version += 1) {
      secret = nextVersion(secret);
      await commit([secret]);
    }
    const purges = [{ key: "alice/A", version: 4, keepCurrent: true }];
    const all = { tenant, changes: [], purges, audit: [aRecord()], idempotency: undefined };
    expect(await fixture.store.commitSecrets(all)).toEqual({ status: "committed" });
    expect(await find("alice/A")).toEqual(secret);
    expect(await fixture.store.listHistory(tenant, "alice/A")).toEqual([secret]);
    await expect(fixture.store.commitSecrets({ ...all, audit: [] })).rejects.toMatchObject({ name: "StoreError" });
  });

  it("purges single versions, also together with a change of the same secret", async () => {
    let secret = aSecret("alice/A");
    await commit([secret]);
    for (let version = 2; version <= 4; version += 1) {
      secret = nextVersion(secret);
      await commit([secret]);
    }
    const versionsOf = async () => (await fixture.store.listHistory(tenant, "alice/A")).map(({ version }) => version);
    const purge = { key: "alice/A", version: 4, keepCurrent: true, versions: [2, 3] };
    const once = { tenant, changes: [], purges: [purge], audit: [aRecord()], idempotency: undefined };
    expect(await fixture.store.commitSecrets({ ...once, purges: [{ ...purge, version: 5 }] })).toMatchObject({
      status: "stale",
    });
    expect(await fixture.store.commitSecrets(once)).toEqual({ status: "committed" });
    expect(await versionsOf()).toEqual([4, 1]);
    const removed = nextVersion(secret, { removed: true });
    const both = {
      ...once,
      changes: [{ secret: removed, expectedVersion: 4 }],
      purges: [{ ...purge, version: 5, versions: [4] }],
    };
    expect(await fixture.store.commitSecrets(both)).toEqual({ status: "committed" });
    expect(await versionsOf()).toEqual([5, 1]);
    const usage = await fixture.store.findUsage(tenant, removed.owner);
    expect(usage.bytes).toBe(versionBytes(aSecret("alice/A")) + versionBytes(removed));
    for (const versions of [[5], [6], [-1], [1.5]]) {
      const bad = { ...once, purges: [{ ...purge, version: 5, versions }] };
      await expect(fixture.store.commitSecrets(bad)).rejects.toMatchObject({ name: "StoreError" });
    }
  });
}
