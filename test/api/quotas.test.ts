import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultQuotas } from "../../src/limits.ts";
import { expectFailure, failureOf } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { saveOne } from "../support/api/secret-calls.ts";
import { connectJson } from "../support/api/transports.ts";
import { startWatch } from "../support/api/watch.ts";

let service: TestService;
let admin: Api;
let alice: Api;

async function start(environment: Readonly<Record<string, string>>): Promise<void> {
  service = await startService(connectJson, { environment });
  admin = service.admin;
  alice = await service.addUser("alice");
}

afterEach(() => service.stop());

const saveAll = (api: Api, keys: readonly string[]) =>
  api.secrets.saveSecrets({ secrets: keys.map((key) => ({ key, value: "v" })) });

describe("quotas of secrets", () => {
  beforeEach(() => start({ SECRET_SVC_USER_SECRETS: "3", SECRET_SVC_TENANT_SECRETS: "6" }));

  it("fault A3: more secrets than a user may own are refused as a whole, with the limit and the actual number", async () => {
    await saveAll(alice, ["alice/1", "alice/2"]);
    const failure = await expectFailure(saveAll(alice, ["alice/3", "alice/4"]), {
      code: "ResourceExhausted",
      reason: "QUOTA_EXCEEDED",
      field: "secrets",
      limit: 3,
      actual: 4,
    });
    expect(failure.message).toBe(
      "alice would have 4 secrets, and may have 3: remove secrets that no one needs, or ask an operator for a higher quota",
    );
    expect((await alice.secrets.listSecrets({})).secrets.map(({ key }) => key)).toEqual(["alice/1", "alice/2"]);
    const records = (await service.auditEvents()).filter(({ rule }) => rule === "quota-exceeded");
    expect(records).toMatchObject([{ action: "secret.save", principal: "alice" }]);
    await saveAll(alice, ["alice/3"]);
    await alice.secrets.removeSecrets({ key: "alice/1" });
    await saveAll(alice, ["alice/4"]);
  });

  it("fault A3: owners count, not writers: an admin fills the quota of the owner that they name", async () => {
    await admin.secrets.saveSecrets({
      secrets: [1, 2, 3].map((at) => ({ key: `team/${at}`, value: "v", owner: "alice", writers: ["bob"] })),
    });
    await expectFailure(saveAll(alice, ["alice/1"]), {
      code: "ResourceExhausted",
      reason: "QUOTA_EXCEEDED",
      actual: 4,
    });
    expect((await alice.identity.whoAmI({})).usage?.secrets).toMatchObject({ used: 3n, limit: 3n });
    await admin.secrets.saveSecrets({ secrets: [{ key: "team/1", owner: "admin" }] });
    await saveAll(alice, ["alice/1"]);
  });

  it("fault A3: a tenant has a quota of its own, and other tenants do not feel it", async () => {
    await saveAll(alice, ["alice/1", "alice/2", "alice/3"]);
    await saveAll(admin, ["a", "b", "c"]);
    const bob = await service.addUser("bob");
    const failure = await failureOf(saveAll(bob, ["bob/1"]));
    expect(failure.message).toMatch(/^the tenant would have 7 secrets, and may have 6: /);
    const carol = await service.addUser("carol", { tenant: "acme", admin: true });
    await saveAll(carol, ["x"]);
  });

  it("fault A3: what was removed can be brought back only within the quota", async () => {
    await saveAll(alice, ["alice/1", "alice/2", "alice/3"]);
    await alice.secrets.removeSecrets({ key: "alice/1" });
    await saveAll(alice, ["alice/4"]);
    const restored = alice.secrets.restoreVersion({ key: "alice/1", version: 1 });
    await expectFailure(restored, { code: "ResourceExhausted", reason: "QUOTA_EXCEEDED", limit: 3, actual: 4 });
    const records = (await service.auditEvents()).filter(({ rule }) => rule === "quota-exceeded");
    expect(records).toMatchObject([{ action: "secret.restore", key: "" }]);
  });
});

describe("quotas of bytes", () => {
  it("fault A3: history counts until an admin purges it", async () => {
    await start({ SECRET_SVC_USER_BYTES: "200KiB" });
    const value = (at: number) => `${at}`.repeat(60 * 1024);
    for (const at of [1, 2, 3]) await saveOne(alice, { key: "alice/big", value: value(at) });
    const fourth = saveOne(alice, { key: "alice/big", value: value(4) });
    const failure = await failureOf(fourth);
    expect(failure.message).toMatch(/^alice would have \d+ bytes of secrets with their history, and may have 204800: /);
    expect(failure.details).toMatchObject([{ reason: "QUOTA_EXCEEDED", limit: 204_800 }]);
    expect(failure.details[0]?.actual).toBeGreaterThan(4 * 60 * 1024);
    await alice.secrets.removeSecrets({ key: "alice/big" });
    await expectFailure(saveOne(alice, { key: "alice/other", value: value(5) }), {
      code: "ResourceExhausted",
      reason: "QUOTA_EXCEEDED",
    });
    await admin.secrets.purgeSecrets({ keys: ["alice/big"] });
    expect((await alice.identity.whoAmI({})).usage?.bytes).toMatchObject({ used: 0n, limit: 204_800n });
    await saveOne(alice, { key: "alice/other", value: value(5) });
  });
});

describe("quotas of tokens", () => {
  it("fault A3: live tokens are limited for each user and for the tenant", async () => {
    await start({ SECRET_SVC_USER_TOKENS: "3", SECRET_SVC_TENANT_TOKENS: "6" });
    const make = (api: Api, fields = {}) => api.identity.createToken(fields);
    const second = await make(alice);
    await make(alice, { ttl: { seconds: 60n } });
    await expectFailure(make(alice), {
      ...{ code: "ResourceExhausted", reason: "QUOTA_EXCEEDED", field: "slug", limit: 3, actual: 4 },
    });
    await expectFailure(make(admin, { slug: "alice" }), { code: "ResourceExhausted", reason: "QUOTA_EXCEEDED" });
    await alice.identity.revokeToken({ id: second.token?.id ?? "" });
    await make(alice);
    await expectFailure(make(alice), { code: "ResourceExhausted", reason: "QUOTA_EXCEEDED" });
    service.clock.advance(61_000);
    await make(alice);
    await make(admin);
    const bob = await service.addUser("bob");
    const failure = await failureOf(make(bob));
    expect(failure.message).toMatch(/^the tenant would have 7 live tokens, and may have 6: revoke tokens/);
  });
});

describe("quotas of watches", () => {
  it("fault A3: open watches are limited for each user and for the tenant", async () => {
    await start({ SECRET_SVC_USER_WATCHES: "2", SECRET_SVC_TENANT_WATCHES: "3" });
    const watches = [await startWatch(alice), await startWatch(alice)];
    await expectFailure(startWatch(alice), {
      ...{ code: "ResourceExhausted", reason: "QUOTA_EXCEEDED", limit: 2, actual: 3 },
    });
    expect((await alice.identity.whoAmI({})).usage?.watches).toMatchObject({ used: 2n, limit: 2n });
    watches.push(await startWatch(admin));
    await expectFailure(startWatch(admin), {
      ...{ code: "ResourceExhausted", reason: "QUOTA_EXCEEDED", limit: 3, actual: 4 },
    });
    const carol = await service.addUser("carol", { tenant: "acme" });
    watches.push(await startWatch(carol));
    for (const watch of watches) watch.end();
  });
});

describe("quotas of one tenant", () => {
  beforeEach(() => start({}));

  it("fault A3: an operator sets and clears them, and they are in force at once", async () => {
    const carol = await service.addUser("carol", { tenant: "acme", admin: true });
    const set = await admin.identity.setQuotas({ tenant: "acme", quotas: { tenantSecrets: 1n, userTokens: 5n } });
    expect(set.own).toMatchObject({ tenantSecrets: 1n, userTokens: 5n });
    await saveAll(carol, ["x"]);
    await expectFailure(saveAll(carol, ["y"]), { code: "ResourceExhausted", reason: "QUOTA_EXCEEDED", limit: 1 });
    await saveAll(alice, ["alice/1", "alice/2"]);
    const cleared = await admin.identity.setQuotas({ tenant: "acme", clear: ["tenantSecrets"] });
    expect(cleared.own).toMatchObject({ userTokens: 5n });
    expect(cleared.own?.tenantSecrets).toBeUndefined();
    await saveAll(carol, ["y"]);
    const shown = await admin.identity.getQuotas({ tenant: "acme", slug: "carol" });
    expect(shown.tenant?.secrets).toMatchObject({ used: 2n, limit: BigInt(defaultQuotas.tenantSecrets) });
    expect(shown.user?.tokens).toMatchObject({ used: 1n, limit: 5n });
    expect(shown.own).toMatchObject({ userTokens: 5n });
    const records = (await carol.audit.listAuditEvents({ action: "quota.set" })).events;
    expect(records).toMatchObject([{ principal: "admin", rule: "operator" }, { principal: "admin" }]);
    expect(records[1]?.names).toContain("tenantSecrets=1");
  });

  it("fault A3: an admin does not raise the quotas of their own tenant, and sees only those", async () => {
    const carol = await service.addUser("carol", { tenant: "acme", admin: true });
    const denied = { code: "PermissionDenied", reason: "OPERATOR_ONLY" } as const;
    await expectFailure(carol.identity.setQuotas({ quotas: { tenantBytes: 1n } }), denied);
    await expectFailure(carol.identity.setQuotas({ tenant: "default", quotas: { tenantBytes: 1n } }), denied);
    await expectFailure(carol.identity.getQuotas({ tenant: "default" }), denied);
    expect((await carol.identity.getQuotas({})).own).toBeDefined();
    await expectFailure(alice.identity.getQuotas({}), { code: "PermissionDenied", reason: "ADMIN_ONLY" });
    const narrowed = await admin.identity.createToken({ grants: [{ action: "read", keyPatterns: ["*"] }] });
    const call = service.as(narrowed.secret).identity.setQuotas({ quotas: { tenantBytes: 1n } });
    await expectFailure(call, { code: "PermissionDenied", reason: "NOT_GRANTED" });
  });

  it("fault A3: malformed limits are refused", async () => {
    const refused = (request: Parameters<Api["identity"]["setQuotas"]>[0]) =>
      failureOf(admin.identity.setQuotas(request));
    expect((await refused({})).details).toMatchObject([{ reason: "INVALID_FIELD", field: "quotas" }]);
    expect((await refused({ quotas: { userBytes: 2n ** 60n } })).details).toMatchObject([
      { reason: "LIMIT_EXCEEDED", field: "quotas.userBytes", limit: Number.MAX_SAFE_INTEGER },
    ]);
    expect((await refused({ clear: ["bytes"] })).details).toMatchObject([
      { reason: "INVALID_FIELD", field: "clear[0]" },
    ]);
    expect((await refused({ quotas: { userBytes: 1n }, clear: ["userBytes"] })).details).toMatchObject([
      { reason: "CONFLICTING_FIELDS", field: "clear[0]" },
    ]);
  });
});
