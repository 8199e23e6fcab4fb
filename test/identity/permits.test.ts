import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { explainAccess } from "../../src/identity/explain-access.ts";
import { listPermits } from "../../src/identity/list-permits.ts";
import { removePermits } from "../../src/identity/remove-permits.ts";
import { removeUsers } from "../../src/identity/remove-users.ts";
import { savePermits } from "../../src/identity/save-permits.ts";
import { limits } from "../../src/limits.ts";
import type { IdentityCall } from "../../src/rules/caller.ts";
import { checkGrants } from "../../src/rules/grants.ts";
import { putMetadata } from "../../src/secrets/put-metadata.ts";
import { putValue } from "../../src/secrets/put-value.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import { startIdentity, type TestIdentity } from "../support/identity/fixture.ts";
import { toInput } from "../support/secrets/direct-driver.ts";
import type { Save } from "../support/secrets/model.ts";
import { reasonOf } from "../support/secrets/reason-of.ts";

let identity: TestIdentity;
let admin: IdentityCall;
const tokens = new Map<string, string>();
beforeAll(async () => {
  identity = await startIdentity();
  for (const [slug, roles] of [
    ["alice", ["web"]],
    ["bob", ["web", "ops"]],
    ["carol", []],
  ] as const) {
    tokens.set(slug, await identity.addUser(slug, { roles: [...roles] }));
  }
  admin = await identity.adminCall();
});
afterAll(() => identity.core.close());
beforeEach(async () => {
  const permits = await listPermits(identity.context, admin, { tenant: "", name: "" });
  if (permits.length > 0) await removePermits(identity.context, admin, { permits, tenant: "" });
});

const as = async (slug: string): Promise<IdentityCall> => {
  const caller = await identity.authenticate(tokens.get(slug) ?? "");
  return { caller, requestId: "request-1", peer: "192.0.2.1" };
};
const permit = (name: string, ...patterns: string[]) =>
  savePermits(identity.context, admin, { permits: patterns.map((pattern) => ({ name, pattern })), tenant: "" });
const save = async (call: IdentityCall, key: string, more: Partial<Save> = {}, validateOnly = false) => {
  const item = toInput({ key, value: "v", ...more });
  const [result] = await saveSecrets(identity.context, call, {
    secrets: [item],
    remove: [],
    validateOnly,
    idempotencyKey: "",
  });
  return result;
};
const storedOf = async (key: string) => {
  const found = await identity.core.context.store.findSecrets({
    tenant: "default",
    keys: [key],
    visibleTo: "everyone",
  });
  return found[0];
};

describe("a permit", () => {
  test("lets each member of a role create keys, which the role owns and all of them may use", async () => {
    expect(await reasonOf(save(await as("alice"), "prod/web/A"))).toBe("FOREIGN_PREFIX");
    await permit("web", "prod/web/*");
    expect(await save(await as("alice"), "prod/web/A", { lists: { readers: ["ops"] } })).toMatchObject({
      outcome: "created",
    });
    const { owner, lists, createdBy } = (await storedOf("prod/web/A")) ?? {};
    expect({ owner, createdBy }).toEqual({ owner: "web", createdBy: "alice" });
    expect(lists).toMatchObject({ readers: ["ops", "web"], writers: ["web"], canChangeDeleters: ["web"] });
    expect(await save(await as("bob"), "prod/web/A", { value: "w" })).toMatchObject({ outcome: "updated" });
    // Neither member takes the role out of a list by a save that omits it.
    const without = await save(await as("bob"), "prod/web/A", { value: undefined, lists: { writers: ["ops"] } });
    expect(without).toMatchObject({ changedFields: ["writers"] });
    expect((await storedOf("prod/web/A"))?.lists.writers).toEqual(["ops", "web"]);
    expect(await reasonOf(save(await as("carol"), "prod/web/B"))).toBe("FOREIGN_PREFIX");
    expect(await reasonOf(save(await as("alice"), "prod/other/B"))).toBe("FOREIGN_PREFIX");
  });

  test("of the own slug decides before those of roles, and --owner names another role that has one", async () => {
    await permit("alice", "team/*");
    await permit("web", "team/*");
    await save(await as("alice"), "team/A");
    expect((await storedOf("team/A"))?.owner).toBe("alice");
    await save(await as("alice"), "team/B", { owner: "web" });
    expect((await storedOf("team/B"))?.owner).toBe("web");
    await permit("ops", "team/*");
    await save(await as("bob"), "team/C");
    expect((await storedOf("team/C"))?.owner).toBe("ops");
    expect(await reasonOf(save(await as("alice"), "team/D", { owner: "ops" }))).toBe("ADMIN_ONLY");
    await save(await as("alice"), "alice/OWN");
    expect(await reasonOf(save(await as("alice"), "alice/OWN2", { owner: "web" }))).toBe("ADMIN_ONLY");
  });

  test("threat 208: does not reach under the slug of another user, also of one who was removed", async () => {
    await permit("web", "*");
    expect(await reasonOf(save(await as("alice"), "carol/X"))).toBe("FOREIGN_PREFIX");
    tokens.set("dave", await identity.addUser("dave"));
    await removeUsers(identity.context, admin, { slugs: ["dave"], tenant: "" });
    expect(await reasonOf(save(await as("alice"), "dave/X"))).toBe("FOREIGN_PREFIX");
    expect(await save(await as("alice"), "anything/X")).toMatchObject({ outcome: "created" });
    expect(await save(await as("alice"), "BARE")).toMatchObject({ outcome: "created" });
    const context = { ...identity.context, isReservedName: (_: string, name: string) => name.startsWith("gh-") };
    const request = { remove: [], validateOnly: false, idempotencyKey: "" };
    const item = toInput({ key: "gh-repo/X", value: "v" });
    expect(await reasonOf(saveSecrets(context, await as("alice"), { ...request, secrets: [item] }))).toBe(
      "FOREIGN_PREFIX",
    );
  });

  test("that was taken away has no effect from then on, and stays away when its user is removed and made anew", async () => {
    await permit("web", "prod/*");
    await save(await as("alice"), "prod/BEFORE");
    await removePermits(identity.context, admin, { permits: [{ name: "web", pattern: "prod/*" }], tenant: "" });
    expect(await reasonOf(save(await as("alice"), "prod/AFTER"))).toBe("FOREIGN_PREFIX");
    expect(await save(await as("alice"), "prod/BEFORE", { value: "w" })).toMatchObject({ outcome: "updated" });
    tokens.set("eve", await identity.addUser("eve"));
    await permit("eve", "prod/*");
    await removeUsers(identity.context, admin, { slugs: ["eve"], tenant: "" });
    expect(await listPermits(identity.context, admin, { tenant: "", name: "eve" })).toEqual([]);
  });

  test("threat 209: is checked again in the commit of a save that was decided before it was taken away", async () => {
    await permit("web", "race/*");
    let isFirst = true;
    const { store } = identity.context;
    const context = {
      ...identity.context,
      store: {
        ...store,
        async commitSecrets(commit: Parameters<typeof store.commitSecrets>[0]) {
          const permits = [{ name: "web", pattern: "race/*" }];
          if (isFirst) await removePermits(identity.context, admin, { permits, tenant: "" });
          isFirst = false;
          return store.commitSecrets(commit);
        },
      },
    };
    const request = { remove: [], validateOnly: false, idempotencyKey: "" };
    const secrets = [toInput({ key: "race/A", value: "v" })];
    expect(await reasonOf(saveSecrets(context, await as("alice"), { ...request, secrets }))).toBe("FOREIGN_PREFIX");
    expect(await storedOf("race/A")).toBeUndefined();
  });

  test("decides for the API of Vault and for metadata before a value", async () => {
    const put = async (key: string) =>
      putValue(identity.context, await as("alice"), { key, value: "v", ifValueVersion: undefined });
    expect(await reasonOf(put("vault/web/A"))).toBe("FOREIGN_PREFIX");
    await permit("web", "vault/web/*");
    await put("vault/web/A");
    expect((await storedOf("vault/web/A"))?.owner).toBe("web");
    const change = () => [["team", "web"]] as const;
    const call = await as("alice");
    expect(await putMetadata(identity.context, call, { key: "vault/web/B", change, makesPlace: true })).toBe("saved");
    expect((await storedOf("vault/web/B"))?.owner).toBe("web");
    const elsewhere = putMetadata(identity.context, call, { key: "vault/api/B", change, makesPlace: true });
    expect(await reasonOf(elsewhere)).toBe("FOREIGN_PREFIX");
  });

  test("leaves a narrowed token only what it is granted", async () => {
    await permit("web", "prod/*");
    const call = await as("alice");
    const grants = checkGrants([{ action: "create", keyPatterns: ["prod/web/*"] }], "grants");
    const narrowed = { ...call, caller: { ...call.caller, grants } };
    expect(await save(narrowed, "prod/web/N")).toMatchObject({ outcome: "created" });
    expect(await reasonOf(save(narrowed, "prod/api/N"))).toBe("NOT_GRANTED");
    expect(await reasonOf(save(narrowed, "other/N"))).toBe("FOREIGN_PREFIX");
  });

  test("lets its holder learn that a key is taken, and a plan says which permit is missing", async () => {
    await save(admin, "taken/A");
    expect(await reasonOf(save(await as("alice"), "taken/A"))).toBe("FOREIGN_PREFIX");
    expect(await save(await as("alice"), "taken/A", {}, true)).toMatchObject({
      outcome: "forbidden",
      missingPermit: "taken/*",
    });
    await permit("web", "taken/*");
    expect(await reasonOf(save(await as("alice"), "taken/A"))).toBe("MISSING_RIGHT");
  });

  test("is explained, and who-can lists all who have one", async () => {
    const ask = (call: IdentityCall, more: { principal?: string; whoCan?: string }) => {
      const request = { key: "prod/web/E", principal: "", whoCan: "", pageSize: 0, pageToken: "", ...more };
      return explainAccess(identity.context, call, request);
    };
    await permit("web", "prod/web/*");
    const own = (await ask(await as("alice"), {})).rights.at(-1);
    expect(own).toMatchObject({ right: "create", allowed: true, rule: "permit", permit: "web:prod/web/*" });
    expect((await ask(admin, { principal: "bob" })).rights.at(-1)).toMatchObject({ allowed: true, rule: "permit" });
    expect((await ask(admin, { principal: "carol" })).rights.at(-1)).toMatchObject({ rule: "foreign-prefix" });
    const { holders } = await ask(admin, { whoCan: "create" });
    expect(holders.map(({ slug, explanation }) => [slug, explanation.rule, explanation.permit])).toEqual([
      ["admin", "admin", undefined],
      ["alice", "permit", "web:prod/web/*"],
      ["bob", "permit", "web:prod/web/*"],
    ]);
  });
});

describe("permits", () => {
  test("are given and taken by admins only, all or none, and recorded", async () => {
    const alice = await as("alice");
    const permits = [{ name: "web", pattern: "a/**" }];
    expect(await reasonOf(savePermits(identity.context, alice, { permits, tenant: "" }))).toBe("ADMIN_ONLY");
    expect(await reasonOf(removePermits(identity.context, alice, { permits, tenant: "" }))).toBe("ADMIN_ONLY");
    expect(await permit("web", "a/**", "b/*", "a/*")).toEqual([
      { permit: { name: "web", pattern: "a/*" }, isNew: true },
      { permit: { name: "web", pattern: "b/*" }, isNew: true },
    ]);
    expect(await permit("web", "a/*")).toMatchObject([{ isNew: false }]);
    const gone = [...permits, { name: "web", pattern: "c/*" }];
    expect(await reasonOf(removePermits(identity.context, admin, { permits: gone, tenant: "" }))).toBe("NOT_FOUND");
    expect(await listPermits(identity.context, admin, { tenant: "", name: "web" })).toHaveLength(2);
    const records = await identity.core.context.store.listAudit({ tenant: "default", key: "web", limit: 20 });
    expect(records.map(({ action, names, decision }) => ({ action, names, decision }))).toContainEqual({
      action: "permit.save",
      names: ["a/*", "b/*"],
      decision: "allowed",
    });
  });

  test("are shown to admins all, and to others their own and those of their roles", async () => {
    await permit("alice", "x/*");
    await permit("web", "y/*");
    await permit("ops", "z/*");
    const list = async (slug: string, name = "") => listPermits(identity.context, await as(slug), { tenant: "", name });
    expect((await list("alice")).map(({ name }) => name)).toEqual(["alice", "web"]);
    expect(await list("carol")).toEqual([]);
    expect(await list("bob", "ops")).toEqual([{ name: "ops", pattern: "z/*" }]);
    expect(await reasonOf(list("carol", "ops"))).toBe("ADMIN_ONLY");
  });

  test("have limits for a name and for a tenant, and a grammar", async () => {
    const patterns = (count: number, at = "p") => Array.from({ length: count }, (_, i) => `${at}${i}/*`);
    await permit("web", ...patterns(limits.permitsOfName));
    expect(await reasonOf(permit("web", "one/more"))).toBe("LIMIT_EXCEEDED");
    for (let name = 1; name < limits.permitsOfTenant / limits.permitsOfName; name += 1) {
      await permit(`team-${name}`, ...patterns(limits.permitsOfName));
    }
    expect(await reasonOf(permit("late", "one/more"))).toBe("LIMIT_EXCEEDED");
    expect(await reasonOf(permit("Web", "x/*"))).toBe("INVALID_FIELD");
    expect(await reasonOf(permit("web", "a b"))).toBe("INVALID_FIELD");
    expect(await reasonOf(permit("web", ""))).toBe("INVALID_FIELD");
  });

  test("threat 210: a row that was edited permits nothing, is reported, and may be replaced", async () => {
    await permit("web", "edited/*");
    identity.editDatabase(`UPDATE permits SET patterns = '["*"]' WHERE name = 'web'`);
    expect(await reasonOf(save(await as("alice"), "elsewhere/A"))).toBe("FOREIGN_PREFIX");
    expect(await reasonOf(save(await as("alice"), "edited/A"))).toBe("FOREIGN_PREFIX");
    expect(identity.context.integrity.found).toMatchObject([{ kind: "permit", cause: "edited", name: "web" }]);
    await permit("web", "edited/*");
    expect(identity.context.integrity.found).toEqual([]);
    expect(await save(await as("alice"), "edited/A")).toMatchObject({ outcome: "created" });
  });

  test("threat 211: a row that was put back from before its permits were taken away permits nothing", async () => {
    const { store } = identity.core.context;
    await permit("web", "back/*");
    const [former] = await store.findPermits("default", ["web"]);
    identity.core.clock.nowMs += 5;
    await removePermits(identity.context, admin, { permits: [{ name: "web", pattern: "back/*" }], tenant: "" });
    if (former === undefined) throw new Error("no row");
    const { patterns, updatedAtMs, mac } = former;
    identity.editDatabase(
      "UPDATE permits SET patterns = ?, updated_at_ms = ?, mac = ? WHERE name = 'web'",
      JSON.stringify(patterns),
      updatedAtMs,
      mac,
    );
    expect(await reasonOf(save(await as("alice"), "back/A"))).toBe("FOREIGN_PREFIX");
    expect(identity.context.integrity.found).toMatchObject([{ kind: "permit", cause: "put-back", name: "web" }]);
    await permit("web", "later/*");
  });
});
