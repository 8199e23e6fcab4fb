import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { limits } from "../../../src/limits.ts";
import type { KeyedPage, Rewrap } from "../../../src/store/rewrappable-rows.ts";
import type { StoredSecret } from "../../../src/store/secret-rows.ts";
import { StoreError } from "../../../src/store/store-error.ts";
import {
  aCommit,
  anIdempotencyRecord,
  aRecord,
  aSecret,
  aToken,
  aUser,
  nextVersion,
  startMs,
  tenant,
} from "../../support/store/rows.ts";
import type { Fixture } from "./contract.ts";

const oldKid = "0123456789abcdef";
const newKid = "fedcba9876543210";
const bytes = () => new Uint8Array(randomBytes(48));

export function keyContract(fixture: Fixture): void {
  const commit = (secrets: readonly StoredSecret[]) => fixture.store.commitSecrets(aCommit(secrets));
  const commitIdentity = (fields: object) =>
    fixture.store.commitIdentity({ tenant, expectedRevision: 0, users: [], tokens: [], audit: [], ...fields });
  const find = async (key: string) =>
    (await fixture.store.findSecrets({ tenant, keys: [key], visibleTo: "everyone" }))[0];
  const rewrapOf = (kind: "secrets" | "history", secret: StoredSecret, fields: Partial<Rewrap> = {}): Rewrap => ({
    kind,
    tenant: secret.tenant,
    name: secret.key,
    version: secret.version,
    former: secret.envelope,
    kid: newKid,
    proof: bytes(),
    ...fields,
  });
  const allPages = async <T>(read: (after: string) => Promise<KeyedPage<T>>): Promise<T[]> => {
    const rows: T[] = [];
    for (let after: string | undefined = ""; after !== undefined; ) {
      const page: KeyedPage<T> = await read(after);
      rows.push(...page.rows);
      after = page.next;
    }
    return rows;
  };

  it("is marked as being restored by one at a time, and the next one takes the mark only as it was seen", async () => {
    const { store } = fixture;
    const marks = async () => (await store.listKeys()).filter(({ purpose }) => purpose === "restoring");
    const take = (kid: string, former?: string) => store.takeRestoreMark({ kid, createdAtMs: startMs }, former);
    expect(await take(oldKid, newKid)).toBe(false);
    expect(await marks()).toEqual([]);
    expect(await take(oldKid)).toBe(true);
    expect(await take(newKid)).toBe(false);
    expect(await take(newKid, newKid)).toBe(false);
    expect(await marks()).toMatchObject([{ kid: oldKid }]);
    expect(await take(newKid, oldKid)).toBe(true);
    expect(await marks()).toMatchObject([{ kid: newKid }]);
    await store.removeRestoreMark();
    expect(await marks()).toEqual([]);
    await expect(store.removeRestoreMark()).rejects.toThrow(StoreError);
  });

  it("counts what depends on each key, in all tenants", async () => {
    const first = aSecret("alice/A");
    await commit([first, aSecret("alice/B", { kid: newKid })]);
    await commit([nextVersion(first, { removed: true })]);
    await commit([aSecret("x/C", { tenant: "other" })]);
    await commitIdentity({ users: [aUser("alice"), aUser("bob", { kid: newKid })], tokens: [aToken("tok_1")] });
    await fixture.store.commitSecrets(aCommit([aSecret("alice/I")], { idempotency: anIdempotencyRecord() }));
    const counted = async (nowMs: number) =>
      (await fixture.store.countByKey(nowMs)).map(({ kind, kid, rows }) => `${kind} ${kid} ${rows}`).sort();
    const lasting = [
      `history ${newKid} 1`,
      `history ${oldKid} 4`,
      `secrets ${newKid} 1`,
      `secrets ${oldKid} 3`,
      `tokens ${oldKid} 1`,
      `users ${newKid} 1`,
      `users ${oldKid} 1`,
    ].sort();
    expect(await counted(startMs + 1)).toEqual([...lasting, `idempotency ${oldKid} 1`].sort());
    expect(await counted(startMs + limits.idempotencyMs)).toEqual(lasting);
    await fixture.store.forgetIdempotency([newKid]);
    expect(await counted(startMs + 1)).toContain(`idempotency ${oldKid} 1`);
    await fixture.store.forgetIdempotency([oldKid]);
    expect(await counted(startMs + 1)).toEqual(lasting);
  });

  it("pages through what is under a key, each row once", async () => {
    const secrets = Array.from({ length: 7 }, (_, at) => aSecret(`alice/${at}`));
    await commit(secrets);
    await commit([aSecret("alice/new", { kid: newKid }), nextVersion(secrets[0] as StoredSecret)]);
    const users = Array.from({ length: 5 }, (_, at) => aUser(`user-${at}`));
    const tokens = Array.from({ length: 4 }, (_, at) => aToken(`tok_${at}`));
    await commitIdentity({ users, tokens });
    const { store } = fixture;
    const names = (rows: readonly StoredSecret[]) => rows.map(({ key, version }) => `${key} ${version}`).sort();
    const current = await allPages((after) => store.listUnderKey("secrets", oldKid, after, 3));
    expect(names(current)).toEqual(["alice/0 2", ...secrets.slice(1).map(({ key }) => `${key} 1`)]);
    expect(current.find(({ key }) => key === "alice/1")).toEqual(secrets[1]);
    const versions = await allPages((after) => store.listUnderKey("history", oldKid, after, 4));
    expect(names(versions)).toEqual(["alice/0 1", "alice/0 2", ...secrets.slice(1).map(({ key }) => `${key} 1`)]);
    expect(await allPages((after) => store.listUnderKey("users", oldKid, after, 2))).toEqual(users);
    expect(await allPages((after) => store.listUnderKey("tokens", oldKid, after, 4))).toEqual(tokens);
    expect(await store.listUnderKey("secrets", "unknown", "", 3)).toEqual({ rows: [], next: undefined });
    expect((await store.listUnderKey("users", oldKid, "", 0)).rows).toEqual([]);
  });

  it("puts rows under another key and changes nothing else of them", async () => {
    const secret = aSecret("alice/A");
    await commit([secret]);
    const user = aUser("alice");
    const token = aToken("tok_1");
    await commitIdentity({ users: [user], tokens: [token] });
    const identity = { tenant, version: 0, kid: newKid };
    const current = rewrapOf("secrets", secret);
    const old = rewrapOf("history", secret);
    const ofUser: Rewrap = { ...identity, kind: "users", name: "alice", former: user.mac, proof: bytes() };
    const ofToken: Rewrap = { ...identity, kind: "tokens", name: "tok_1", former: token.mac, proof: bytes() };
    expect(await fixture.store.rewrap([current, old, ofUser, ofToken])).toBe(4);
    const store = await fixture.reopen();
    expect(await store.findSecrets({ tenant, keys: ["alice/A"], visibleTo: "everyone" })).toEqual([
      { ...secret, kid: newKid, envelope: current.proof },
    ]);
    expect(await store.listHistory(tenant, "alice/A")).toEqual([{ ...secret, kid: newKid, envelope: old.proof }]);
    expect(await store.findUser(tenant, "alice")).toEqual({ ...user, kid: newKid, mac: ofUser.proof });
    expect(await store.findTokenByHash(token.hash)).toEqual({ ...token, kid: newKid, mac: ofToken.proof });
    expect(await store.identityRevision(tenant)).toBe(1);
    expect(await store.rewrap([])).toBe(0);
  });

  it("threat 106: leaves alone what was written since it was read", async () => {
    const first = aSecret("alice/A");
    await commit([first]);
    const second = nextVersion(first);
    await commit([second]);
    const user = aUser("alice");
    await commitIdentity({ users: [user] });
    const stale: Rewrap[] = [
      rewrapOf("secrets", first),
      rewrapOf("secrets", second, { former: first.envelope }),
      rewrapOf("secrets", second, { tenant: "other" }),
      rewrapOf("secrets", second, { name: "alice/B" }),
      rewrapOf("history", second, { version: 3 }),
      { kind: "users", tenant, name: "alice", version: 0, former: bytes(), kid: newKid, proof: bytes() },
    ];
    expect(await fixture.store.rewrap(stale)).toBe(0);
    expect(await find("alice/A")).toEqual(second);
    expect(await fixture.store.listHistory(tenant, "alice/A")).toEqual([second, first]);
    expect(await fixture.store.findUser(tenant, "alice")).toEqual(user);
    const again = [rewrapOf("secrets", second), rewrapOf("secrets", second), rewrapOf("history", first)];
    expect(await fixture.store.rewrap(again)).toBe(2);
  });

  it("threat 106: commits and rewraps of one secret at the same time lose neither", async () => {
    let secret = aSecret("alice/A");
    await commit([secret]);
    for (let round = 0; round < 10; round += 1) {
      const next = nextVersion(secret);
      const rewraps = (["secrets", "history"] as const).map((kind) => rewrapOf(kind, secret));
      const [outcome] = await Promise.all([commit([next]), fixture.store.rewrap(rewraps)]);
      expect(outcome).toEqual({ status: "committed" });
      expect(await find("alice/A")).toEqual(next);
      secret = next;
    }
  });

  it("removes a key, and only that one", async () => {
    const key = { kid: oldKid, purpose: "keyring", data: new Uint8Array([1]), createdAtMs: startMs } as const;
    const sealing = { ...key, purpose: "sealing" } as const;
    for (const each of [key, sealing, { ...key, kid: newKid }]) await fixture.store.addKey(each);
    await fixture.store.removeKey({ kid: oldKid, purpose: "keyring" });
    await fixture.store.removeKey({ kid: "unknown", purpose: "keyring" });
    const left = (await fixture.store.listKeys()).map(({ kid, purpose }) => `${purpose} ${kid}`);
    expect(left.sort()).toEqual([`keyring ${newKid}`, `sealing ${oldKid}`]);
  });

  it("knows which parts have a row, and counts no mark as a key", async () => {
    const parts = async () => [...(await fixture.store.usedParts())].sort();
    expect(await parts()).toEqual(["chains"]);
    await fixture.store.addKey({ kid: oldKid, purpose: "starting", data: bytes(), createdAtMs: 1 });
    expect(await parts()).toEqual(["chains"]);
    await fixture.store.addKey({ kid: oldKid, purpose: "keyring", data: bytes(), createdAtMs: 1 });
    await commit([aSecret("alice/A")]);
    expect(await parts()).toEqual(["chains", "history", "keys", "secrets"]);
    await commitIdentity({ users: [aUser("alice")], tokens: [aToken("alice")], audit: [aRecord()] });
    await fixture.store.appendAccess([aRecord()]);
    await fixture.store.commitSecrets(aCommit([aSecret("alice/I")], { idempotency: anIdempotencyRecord() }));
    expect(await parts()).toEqual(
      [
        "access",
        "chains",
        "changes",
        "history",
        "idempotency",
        "keys",
        "revisions",
        "secrets",
        "tokens",
        "users",
      ].sort(),
    );
  });

  it("opens again with the keys that it has, and after one was removed", async () => {
    await fixture.store.addKey({ kid: oldKid, purpose: "sealing", data: bytes(), createdAtMs: 1 });
    await fixture.store.addKey({ kid: newKid, purpose: "sealing", data: bytes(), createdAtMs: 2 });
    await fixture.store.addKey({ kid: newKid, purpose: "audit", data: bytes(), createdAtMs: 3 });
    await fixture.store.removeKey({ kid: oldKid, purpose: "sealing" });
    const again = await fixture.reopen();
    const keys = (await again.listKeys()).map(({ purpose, kid }) => `${purpose} ${kid}`);
    expect(keys).toEqual([`sealing ${newKid}`, `audit ${newKid}`]);
    await again.removeKey({ kid: newKid, purpose: "audit" });
    await (await fixture.reopen()).listKeys();
  });

  it("knows the processes that were heard of lately", async () => {
    const { store } = fixture;
    await store.keepProcess({ id: "one", kids: [oldKid] });
    await store.keepProcess({ id: "two", kids: [newKid, oldKid] });
    await store.keepProcess({ id: "one", kids: [newKid] });
    const known = await store.listProcesses(60_000);
    expect(known).toEqual([
      { id: "one", kids: [newKid] },
      { id: "two", kids: [newKid, oldKid] },
    ]);
    await store.removeProcess("one");
    await store.removeProcess("one");
    expect(await store.listProcesses(60_000)).toEqual([{ id: "two", kids: [newKid, oldKid] }]);
  });
}
