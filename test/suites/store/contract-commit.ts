import { expect, it } from "vitest";
import { limits } from "../../../src/limits.ts";
import type { StoredSecret } from "../../../src/store/secret-rows.ts";
import { begin } from "../../support/store/begin.ts";
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

export function commitContract(fixture: Fixture): void {
  const find = async (key: string): Promise<StoredSecret | undefined> => {
    const found = await fixture.store.findSecrets({ tenant, keys: [key], visibleTo: "everyone" });
    return found[0];
  };
  const nothingOf = async (key: string): Promise<void> => {
    expect(await find(key)).toBeUndefined();
    expect(await fixture.store.listHistory(tenant, key)).toEqual([]);
  };

  it("keeps every field, also after a restart", async () => {
    const lists = aLists({ readers: ["alice", "ops"], writers: ["bob"], canChangeDeleters: ["carol"] });
    const secret = aSecret("alice/KEY", {
      lists,
      metadata: [["team", "payments"]],
      envelope: new Uint8Array([0, 255]),
    });
    expect(await fixture.store.commitSecrets(aCommit([secret]))).toEqual({ status: "committed" });
    expect(await find("alice/KEY")).toEqual(secret);
    const reopened = await fixture.reopen();
    expect(await reopened.findSecrets({ tenant, keys: ["alice/KEY"], visibleTo: ["carol"] })).toEqual([secret]);
    expect(await reopened.listHistory(tenant, "alice/KEY")).toEqual([secret]);
  });

  it("threat 57: threat 58: stores names that are special elsewhere verbatim", async () => {
    const names = ["", "$where", "__proto__", "a.b", "constructor", "hasOwnProperty", "toString"];
    const metadata = names.map((name) => [name, name] as const);
    const keys = ["__proto__", "constructor", "toString", "__proto__/constructor"];
    await fixture.store.commitSecrets(aCommit(keys.map((key) => aSecret(key, { metadata }))));
    for (const key of keys) expect((await find(key))?.metadata).toEqual(metadata);
    const found = await fixture.store.findSecrets({ tenant, keys, visibleTo: "everyone" });
    expect(found.map((secret) => secret.key).sort()).toEqual([...keys].sort());
  });

  it("keeps a value of 64 KiB", async () => {
    const secret = aSecret("alice/BIG", { envelope: new Uint8Array(limits.valueBytes + 200).fill(9) });
    await fixture.store.commitSecrets(aCommit([secret]));
    expect(await find("alice/BIG")).toEqual(secret);
  });

  it("refuses a version that is not the expected one and stores nothing of the batch", async () => {
    const first = aSecret("alice/A");
    await fixture.store.commitSecrets(aCommit([first]));
    const record = aRecord({ key: "alice/B" });
    const batch = aCommit([aSecret("alice/B"), aSecret("alice/A")], { audit: [record] });
    expect(await fixture.store.commitSecrets(batch)).toEqual({ status: "stale", index: 1 });
    await nothingOf("alice/B");
    expect(await find("alice/A")).toEqual(first);
    expect(await fixture.store.listAudit({ tenant, key: "alice/B", limit: 10 })).toEqual([]);
    const ahead = aCommit([nextVersion(nextVersion(first))]);
    expect(await fixture.store.commitSecrets(ahead)).toEqual({ status: "stale", index: 0 });
    const missing = aCommit([nextVersion(aSecret("alice/C"))]);
    expect(await fixture.store.commitSecrets(missing)).toEqual({ status: "stale", index: 0 });
  });

  it("threat 90: of several writers of one version exactly one wins", async () => {
    const first = aSecret("alice/A");
    await fixture.store.commitSecrets(aCommit([first]));
    const contenders = Array.from({ length: 12 }, () => nextVersion(first));
    const outcomes = await Promise.all(contenders.map((secret) => fixture.store.commitSecrets(aCommit([secret]))));
    expect(outcomes.filter((outcome) => outcome.status === "committed")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.status === "stale")).toHaveLength(11);
    const winner = contenders[outcomes.findIndex((outcome) => outcome.status === "committed")];
    expect(await find("alice/A")).toEqual(winner);
    expect(await fixture.store.listHistory(tenant, "alice/A")).toEqual([winner, first]);
  });

  it("threat 93: threat 94: of several creators one wins, and a removal that raced a save leaves no old lists", async () => {
    const creators = Array.from({ length: 8 }, (_, at) =>
      aSecret("alice/A", { lists: aLists({ readers: [`creator-${at}`] }) }),
    );
    const outcomes = await Promise.all(creators.map((secret) => fixture.store.commitSecrets(aCommit([secret]))));
    const winner = creators[outcomes.findIndex((outcome) => outcome.status === "committed")] as StoredSecret;
    expect(outcomes.filter((outcome) => outcome.status === "committed")).toHaveLength(1);
    const removal = nextVersion(winner, { removed: true });
    const save = nextVersion(winner, { lists: aLists({ readers: ["late"] }) });
    const race = await Promise.all([removal, save].map((secret) => fixture.store.commitSecrets(aCommit([secret]))));
    expect(race.map((outcome) => outcome.status).sort()).toEqual(["committed", "stale"]);
    const losers = creators.filter((secret) => secret !== winner).flatMap((secret) => secret.lists.readers);
    expect(await fixture.store.findSecrets({ tenant, keys: ["alice/A"], visibleTo: losers })).toEqual([]);
  });

  it("threat 13: a batch whose last item fails stores nothing, whatever shares its transaction", async () => {
    await fixture.store.commitSecrets(aCommit([aSecret("alice/LAST")]));
    const batches = Array.from({ length: 10 }, (_, at) => {
      const items = [aSecret(`alice/${at}-A`), aSecret(`alice/${at}-B`)];
      return aCommit(at % 2 === 0 ? items : [...items, aSecret("alice/LAST")]);
    });
    const outcomes = await Promise.all(batches.map((batch) => fixture.store.commitSecrets(batch)));
    for (const [at, outcome] of outcomes.entries()) {
      expect(outcome).toEqual(at % 2 === 0 ? { status: "committed" } : { status: "stale", index: 2 });
      if (at % 2 === 0) expect(await find(`alice/${at}-B`)).toBeDefined();
      else await nothingOf(`alice/${at}-A`);
    }
  });

  it("gives an id to one key of a tenant only", async () => {
    const first = aSecret("alice/A", { id: "secr_same" });
    await fixture.store.commitSecrets(aCommit([first]));
    const batch = aCommit([aSecret("alice/B"), aSecret("alice/C", { id: "secr_same" })]);
    expect(await fixture.store.commitSecrets(batch)).toEqual({ status: "id-taken", index: 1 });
    await nothingOf("alice/B");
    const twice = aCommit([aSecret("alice/D", { id: "secr_new" }), aSecret("alice/E", { id: "secr_new" })]);
    expect(await fixture.store.commitSecrets(twice)).toEqual({ status: "id-taken", index: 1 });
    const elsewhere = aSecret("alice/A", { tenant: "other", id: "secr_same" });
    expect(await fixture.store.commitSecrets(aCommit([elsewhere]))).toEqual({ status: "committed" });
    await fixture.store.commitSecrets(aCommit([nextVersion(first, { removed: true })]));
    const afterRemoval = aCommit([aSecret("alice/F", { id: "secr_same" })]);
    expect(await fixture.store.commitSecrets(afterRemoval)).toEqual({ status: "id-taken", index: 0 });
  });

  it("keeps the last versions, newest first, and counts on after a removal", async () => {
    let secret = aSecret("alice/A");
    const versions = [secret];
    await fixture.store.commitSecrets(aCommit([secret]));
    for (let version = 2; version <= limits.historyVersions + 3; version += 1) {
      secret = nextVersion(secret, { removed: version === 5 });
      versions.unshift(secret);
      await fixture.store.commitSecrets(aCommit([secret]));
    }
    expect(await fixture.store.listHistory(tenant, "alice/A")).toEqual(versions.slice(0, limits.historyVersions));
    expect(await fixture.store.listHistory("other", "alice/A")).toEqual([]);
    const numbers = await fixture.store.listVersionNumbers(tenant, ["alice/NONE", "alice/A"]);
    // MongoDB trims the history after the commit, so older ones may still be there.
    expect(numbers.map((each) => each.toSorted((a, b) => b - a).slice(0, limits.historyVersions))).toEqual([
      [],
      versions.slice(0, limits.historyVersions).map(({ version }) => version),
    ]);
    expect(await fixture.store.listVersionNumbers("other", ["alice/A"])).toEqual([[]]);
  });

  it("keeps one answer for an idempotency key, and forgets it after 24 hours", async () => {
    const record = anIdempotencyRecord();
    const name = [record.tenant, record.principal, record.rpc, record.key] as const;
    const first = aCommit([aSecret("alice/A")], { idempotency: record });
    expect(await fixture.store.commitSecrets(first)).toEqual({ status: "committed" });
    expect(await fixture.store.findIdempotency(...name, startMs + 1)).toEqual(record);
    // The repeated request gets the same error, although its version is also stale by now.
    const again = { ...first, idempotency: anIdempotencyRecord({ answer: "another" }) };
    expect(await fixture.store.commitSecrets(again)).toEqual({ status: "repeated" });
    const other = aCommit([aSecret("alice/B")], { idempotency: anIdempotencyRecord() });
    expect(await fixture.store.commitSecrets(other)).toEqual({ status: "repeated" });
    await nothingOf("alice/B");
    for (const [at, other] of [["other"], ["bob"], ["RemoveSecrets"], ["key-2"]].entries()) {
      const changed = name.with(at, other[0] as string) as unknown as typeof name;
      expect(await fixture.store.findIdempotency(...changed, startMs)).toBeUndefined();
    }
    const later = startMs + limits.idempotencyMs;
    expect(await fixture.store.findIdempotency(...name, later)).toBeUndefined();
    const renewed = anIdempotencyRecord({ createdAtMs: later });
    const commit = aCommit([aSecret("alice/B")], { idempotency: renewed });
    expect(await fixture.store.commitSecrets(commit)).toEqual({ status: "committed" });
    expect(await fixture.store.findIdempotency(...name, later + 1)).toEqual(renewed);
  });

  it("keeps no idempotency record of a commit that was refused", async () => {
    await fixture.store.commitSecrets(aCommit([aSecret("alice/A")]));
    const record = anIdempotencyRecord();
    const stale = aCommit([aSecret("alice/A")], { idempotency: record });
    expect(await fixture.store.commitSecrets(stale)).toEqual({ status: "stale", index: 0 });
    const found = await fixture.store.findIdempotency(tenant, record.principal, record.rpc, record.key, startMs);
    expect(found).toBeUndefined();
  });

  it("refuses commits before audit has begun, and after closing", async () => {
    const reopened = await fixture.reopen();
    const commit = aCommit([aSecret("alice/A")]);
    await expect(reopened.commitSecrets(commit)).rejects.toMatchObject({ name: "StoreError", kind: "unavailable" });
    await begin(reopened);
    const underWay = reopened.commitSecrets(commit);
    await reopened.close();
    expect(await underWay).toEqual({ status: "committed" });
    await expect(reopened.commitSecrets(commit)).rejects.toMatchObject({ name: "StoreError", kind: "unavailable" });
    await expect(reopened.listHistory(tenant, "alice/A")).rejects.toMatchObject({ name: "StoreError" });
    await reopened.close();
  });
}
