import { expect, it } from "vitest";
import type { IdentityCommit } from "../../../src/store/identity-rows.ts";
import { aCommit, aPermit, aRecord, aSecret, aToken, aUser, startMs, tenant } from "../../support/store/rows.ts";
import type { Fixture } from "./contract.ts";

export function identityContract(fixture: Fixture): void {
  const commit = (expectedRevision: number, fields: Partial<IdentityCommit>): Promise<"committed" | "stale"> =>
    fixture.store.commitIdentity({ tenant, expectedRevision, users: [], tokens: [], audit: [], ...fields });

  it("is new until it has a user", async () => {
    expect(await fixture.store.hasNoUsers()).toBe(true);
    expect(await fixture.store.identityRevision(tenant)).toBe(0);
    await commit(0, { users: [aUser("admin", { admin: true, operator: true })] });
    expect(await fixture.store.hasNoUsers()).toBe(false);
    expect(await fixture.store.identityRevision(tenant)).toBe(1);
    expect(await fixture.store.identityRevision("other")).toBe(0);
    const reopened = await fixture.reopen();
    expect(await reopened.hasNoUsers()).toBe(false);
    expect(await reopened.identityRevision(tenant)).toBe(1);
  });

  it("lists tenants that have users or secrets, each once", async () => {
    expect(await fixture.store.listTenants("", 9)).toEqual([]);
    for (const other of ["b", "a", "c"]) {
      const users = ["x", "y"].map((slug) => aUser(slug, { tenant: other }));
      await fixture.store.commitIdentity({ tenant: other, expectedRevision: 0, users, tokens: [], audit: [] });
    }
    const secrets = ["k1", "k2"].map((key) => aSecret(key, { tenant: "b-only-secrets" }));
    await fixture.store.commitSecrets(aCommit(secrets));
    expect(await fixture.store.listTenants("", 9)).toEqual(["a", "b", "b-only-secrets", "c"]);
    expect(await fixture.store.listTenants("a", 2)).toEqual(["b", "b-only-secrets"]);
    expect(await fixture.store.listTenants("c", 9)).toEqual([]);
    expect(await fixture.store.listTenants("", 0)).toEqual([]);
  });

  it("keeps users and tokens, and writes over them", async () => {
    const user = aUser("alice", { roles: ["ops", "__proto__"], operator: true });
    const token = aToken("tok_1", {
      expireAtMs: startMs + 5,
      description: "for CI",
      grants: ["create:prod/*", "save-value:prod/*"],
    });
    await commit(0, { users: [user], tokens: [token] });
    expect(await fixture.store.findUser(tenant, "alice")).toEqual(user);
    expect(await fixture.store.findToken(tenant, "tok_1")).toEqual(token);
    expect(await fixture.store.findTokenByHash(token.hash)).toEqual(token);
    const removed = { ...user, removed: true, roles: [], updatedAtMs: startMs + 9 };
    const revoked = { ...token, revokedAtMs: startMs + 9 };
    await commit(1, { users: [removed], tokens: [revoked] });
    expect(await fixture.store.findUser(tenant, "alice")).toEqual(removed);
    expect(await fixture.store.findTokenByHash(token.hash)).toEqual(revoked);
    expect(await fixture.store.findUser("other", "alice")).toBeUndefined();
    expect(await fixture.store.findToken("other", "tok_1")).toBeUndefined();
    expect(await fixture.store.findTokenByHash(new Uint8Array(32))).toBeUndefined();
  });

  it("keeps permits by name, writes over them, and retains those without patterns", async () => {
    const [web, alice] = [aPermit("web", ["prod/web/*", "staging/web/*"]), aPermit("alice", ["__proto__/*"])];
    await commit(0, { permits: [web, alice] });
    expect(await fixture.store.findPermits(tenant, ["web", "nobody", "web"])).toEqual([web]);
    expect(await fixture.store.findPermits(tenant, [])).toEqual([]);
    expect(await fixture.store.findPermits("other", ["web"])).toEqual([]);
    expect(await fixture.store.listPermits(tenant, "", 9)).toEqual([alice, web]);
    expect(await fixture.store.listPermits(tenant, "alice", 9)).toEqual([web]);
    expect(await fixture.store.listPermits(tenant, "", 1)).toEqual([alice]);
    const emptied = { ...web, patterns: [], updatedAtMs: startMs + 9 };
    await commit(1, { permits: [emptied] });
    expect(await fixture.store.findPermits(tenant, ["web"])).toEqual([emptied]);
    const reopened = await fixture.reopen();
    expect(await reopened.listPermits(tenant, "", 9)).toEqual([alice, emptied]);
  });

  it("commits secrets only while the permits they were decided on are there", async () => {
    await commit(0, { permits: [aPermit("web", ["prod/web/*", "staging/*"])] });
    const save = (key: string, permits: { name: string; pattern: string }[]) =>
      fixture.store.commitSecrets(aCommit([aSecret(key)], { permits }));
    const [prod, staging] = [
      { name: "web", pattern: "prod/web/*" },
      { name: "web", pattern: "staging/*" },
    ];
    expect(await save("prod/web/A", [prod])).toEqual({ status: "committed" });
    await commit(1, { permits: [aPermit("web", ["staging/*"])] });
    expect(await save("prod/web/B", [prod])).toEqual({ status: "permit-gone" });
    expect(await save("prod/web/B", [staging, prod])).toEqual({ status: "permit-gone" });
    expect(await save("staging/B", [{ name: "ops", pattern: "staging/*" }])).toEqual({ status: "permit-gone" });
    expect(await save("staging/B", [staging])).toEqual({ status: "committed" });
    const keys = ["prod/web/A", "prod/web/B", "staging/B"];
    const found = await fixture.store.findSecrets({ tenant, keys, visibleTo: "everyone" });
    expect(found.map(({ key }) => key).sort()).toEqual(["prod/web/A", "staging/B"]);
  });

  it("puts permits under another key", async () => {
    const [web, ops] = [aPermit("web", ["prod/*"]), aPermit("ops", ["*"])];
    await commit(0, { permits: [web, ops] });
    expect(await fixture.store.countByKey(startMs)).toContainEqual({ kind: "permits", kid: web.kid, rows: 2 });
    expect((await fixture.store.listUnderKey("permits", web.kid, "", 9)).rows).toHaveLength(2);
    const proof = new Uint8Array(32).fill(7);
    const rewrap = { kind: "permits", tenant, name: "web", version: 0, kid: "fedcba9876543210", proof } as const;
    expect(await fixture.store.rewrap([{ ...rewrap, former: ops.mac }])).toBe(0);
    expect(await fixture.store.rewrap([{ ...rewrap, former: web.mac }])).toBe(1);
    expect(await fixture.store.findPermits(tenant, ["web"])).toEqual([{ ...web, kid: rewrap.kid, mac: proof }]);
  });

  it("of several commits decided on one revision exactly one is stored", async () => {
    const commits = Array.from({ length: 6 }, (_, at) => {
      const record = aRecord({ action: "user.save", key: `user-${at}` });
      return commit(0, { users: [aUser(`user-${at}`)], tokens: [aToken(`tok_${at}`)], audit: [record] });
    });
    const outcomes = await Promise.all(commits);
    expect(outcomes.filter((outcome) => outcome === "committed")).toHaveLength(1);
    const winner = outcomes.indexOf("committed");
    const users = await fixture.store.listUsers(tenant, "", 10);
    expect(users.map((user) => user.slug)).toEqual([`user-${winner}`]);
    const tokens = await fixture.store.listTokens(tenant, undefined, "", 10);
    expect(tokens.map((token) => token.id)).toEqual([`tok_${winner}`]);
    const records = await fixture.store.listAudit({ tenant, actions: ["user.save"], limit: 10 });
    expect(records.map((record) => record.key)).toEqual([`user-${winner}`]);
    expect(await fixture.store.identityRevision(tenant)).toBe(1);
    expect(await commit(7, { users: [aUser("late")] })).toBe("stale");
  });

  it("counts the revision of each tenant apart", async () => {
    await commit(0, { users: [aUser("alice")] });
    const other = { tenant: "other", users: [aUser("alice", { tenant: "other" })] };
    expect(await commit(0, other)).toBe("committed");
    expect(await commit(1, other)).toBe("committed");
    expect(await fixture.store.identityRevision(tenant)).toBe(1);
    expect(await fixture.store.identityRevision("other")).toBe(2);
  });

  it("lists users and tokens in order, a page at a time", async () => {
    const slugs = Array.from({ length: 25 }, (_, at) => `user-${String(at).padStart(2, "0")}`);
    const users = slugs.map((slug, at) => aUser(slug, { removed: at % 5 === 0 }));
    const tokens = slugs.map((_, at) =>
      aToken(`tok_${String(at).padStart(2, "0")}`, { slug: at % 2 ? "bob" : "alice" }),
    );
    await commit(0, { users: users.toReversed(), tokens: tokens.toReversed() });
    expect(await fixture.store.listUsers(tenant, "", 10)).toEqual(users.slice(0, 10));
    expect(await fixture.store.listUsers(tenant, "user-19", 10)).toEqual(users.slice(20));
    expect(await fixture.store.listTokens(tenant, undefined, "tok_04", 3)).toEqual(tokens.slice(5, 8));
    const ofBob = tokens.filter((token) => token.slug === "bob");
    expect(await fixture.store.listTokens(tenant, "bob", "", 100)).toEqual(ofBob);
    expect(await fixture.store.listTokens(tenant, "bob", "tok_03", 2)).toEqual(ofBob.slice(2, 4));
    expect(await fixture.store.listTokens("other", undefined, "", 10)).toEqual([]);
  });

  it("refuses a token whose hash another token has, and stores nothing of the commit", async () => {
    const token = aToken("tok_1");
    await commit(0, { tokens: [token] });
    const twin = commit(1, { users: [aUser("bob")], tokens: [aToken("tok_2", { hash: token.hash })] });
    await expect(twin).rejects.toMatchObject({ name: "StoreError", kind: "unavailable" });
    expect(await fixture.store.findUser(tenant, "bob")).toBeUndefined();
    expect(await fixture.store.findTokenByHash(token.hash)).toEqual(token);
    expect(await fixture.store.identityRevision(tenant)).toBe(1);
  });

  it("adds a key once and keeps a single audit key", async () => {
    const keyring = { kid: "aaaa", purpose: "keyring", data: new Uint8Array([1]), createdAtMs: startMs } as const;
    const audit = { kid: "aaaa", purpose: "audit", data: new Uint8Array([2]), createdAtMs: startMs + 1 } as const;
    await fixture.store.addKey(keyring);
    await Promise.all([fixture.store.addKey(audit), fixture.store.addKey({ ...audit, kid: "bbbb" })]);
    await fixture.store.addKey({ ...keyring, data: new Uint8Array([3]) });
    await fixture.store.addKey({ ...keyring, kid: "bbbb", createdAtMs: startMs + 2 });
    const keys = await fixture.store.listKeys();
    expect(keys).toEqual([keyring, audit, { ...keyring, kid: "bbbb", createdAtMs: startMs + 2 }]);
    const reopened = await fixture.reopen();
    await reopened.addKey({ ...audit, kid: "cccc" });
    expect(await reopened.listKeys()).toEqual(keys);
  });

  it("keeps one sealing key for each kid, and replaces its data only if it is as expected", async () => {
    const sealing = { kid: "aaaa", purpose: "sealing", data: new Uint8Array([1]), createdAtMs: startMs } as const;
    const other = { ...sealing, kid: "bbbb", createdAtMs: startMs + 1 };
    for (const key of [sealing, other]) await fixture.store.addKey(key);
    const wrapped = { ...sealing, data: new Uint8Array([2, 2]) };
    expect(await fixture.store.replaceKeyData(wrapped, new Uint8Array([3]))).toBe(false);
    expect(await fixture.store.listKeys()).toEqual([sealing, other]);
    expect(await fixture.store.replaceKeyData(wrapped, sealing.data)).toBe(true);
    expect(await fixture.store.replaceKeyData(wrapped, sealing.data)).toBe(false);
    expect(await fixture.store.replaceKeyData({ ...wrapped, purpose: "keyring" }, wrapped.data)).toBe(false);
    const reopened = await fixture.reopen();
    expect(await reopened.listKeys()).toEqual([wrapped, other]);
  });
}
