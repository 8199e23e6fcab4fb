import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SaveOutcome, SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { limits } from "../../src/limits.ts";
import { purgeRemoved } from "../../src/secrets/purge-removed.ts";
import { removeSecrets } from "../../src/secrets/remove-secrets.ts";
import type { SaveInput } from "../../src/secrets/save-input.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import { forAccessLists } from "../../src/text/access-list-names.ts";
import { expectFailure } from "../support/api/failure.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { inMemory } from "../support/api/transports.ts";
import { editorOf, type RowEditor } from "../support/hostile/edit-rows.ts";
import { callOf, startCore } from "../support/secrets/core.ts";

const damaged = { code: "DataLoss", reason: "INTEGRITY" } as const;
const key = "prod/DAMAGED";

describe("fault B9: a secret that does not verify", () => {
  let service: TestService;
  let editor: RowEditor;
  let admin: Api;
  let alice: Api;
  let bob: Api;

  beforeEach(async () => {
    service = await startService(inMemory);
    editor = editorOf(service);
    admin = service.admin;
    alice = await service.addUser("alice");
    bob = await service.addUser("bob");
    await admin.secrets.saveSecrets({
      secrets: [{ key, id: "secr_damaged", value: "old", readers: ["bob"], writers: ["bob"] }],
    });
    await admin.secrets.saveSecrets({ secrets: [{ key, value: "newer" }] });
    await editor.damage("secrets", key);
  });
  afterEach(() => service.stop());

  async function expectReadable(value: string, version: number): Promise<void> {
    const { secrets, errors } = await admin.secrets.listSecrets({ keys: [key] });
    expect(errors).toEqual([]);
    expect(secrets).toMatchObject([{ key, value, version }]);
  }

  it("is replaced by an admin who gives a value, and nothing of the old lists is left", async () => {
    const saved = await admin.secrets.saveSecrets({ secrets: [{ key, value: "repaired", readers: ["alice"] }] });
    expect(saved.results).toMatchObject([{ key, id: "secr_damaged", outcome: SaveOutcome.CREATED, version: 3 }]);
    await expectReadable("repaired", 3);
    expect((await alice.secrets.listSecrets({ ids: ["secr_damaged"] })).secrets).toMatchObject([{ value: "repaired" }]);
    expect((await bob.secrets.listSecrets({ keys: [key] })).missingKeys).toEqual([key]);
    expect((await bob.secrets.listSecrets({ view: SecretView.KEYS })).secrets).toEqual([]);
    const [event] = (await service.auditEvents()).filter(({ filter }) => filter === "damaged");
    expect(event).toMatchObject({ action: "secret.save", key, version: 3 });
    // The versions from before are still there.
    expect((await admin.secrets.listVersions({ key })).versions.map(({ secret }) => secret?.version)).toEqual([
      3, 2, 1,
    ]);
    expect((await admin.secrets.isSecure({})).findings.map(({ id }) => id)).not.toContain("stored-data");
  });

  it("is not replaced by anyone else, by a narrowed token, without a value, or at another version", async () => {
    const actions = ["read", "create", "save-value", "save-lists", "remove"];
    const grants = actions.map((action) => ({ action, keyPatterns: ["*"] }));
    const narrowed = service.as((await admin.identity.createToken({ grants })).secret);
    for (const api of [bob, narrowed]) {
      await expectFailure(api.secrets.saveSecrets({ secrets: [{ key, value: "x" }] }), { ...damaged, key });
      await expectFailure(api.secrets.removeSecrets({ keys: [key] }), { ...damaged, key });
    }
    await expectFailure(admin.secrets.saveSecrets({ secrets: [{ key, readers: ["alice"] }] }), { ...damaged, key });
    await expectFailure(admin.secrets.saveSecrets({ secrets: [{ key, value: "x", ifVersion: 7 }] }), {
      code: "Aborted",
      reason: "STALE_VERSION",
    });
    expect((await admin.secrets.isSecure({})).findings[0]).toMatchObject({
      id: "stored-data",
      summary: expect.stringContaining(key),
    });
  });

  it("is removed by an admin, and made again by one", async () => {
    const { removed } = await admin.secrets.removeSecrets({ keys: [key] });
    expect(removed).toMatchObject([{ key, id: "secr_damaged", version: 3 }]);
    expect((await admin.secrets.listSecrets({ keys: [key] })).missingKeys).toEqual([key]);
    await admin.secrets.saveSecrets({ secrets: [{ key, value: "again" }] });
    await expectReadable("again", 4);
    await editor.damage("secrets", key);
    const { results } = await admin.secrets.saveSecrets({ remove: [{ key }] });
    expect(results).toMatchObject([{ outcome: SaveOutcome.REMOVED, version: 5 }]);
  });

  it("is purged by an admin without being removed first, with all that led to it", async () => {
    await expectFailure(bob.secrets.purgeSecrets({ keys: [key] }), { code: "PermissionDenied", reason: "ADMIN_ONLY" });
    expect((await admin.secrets.purgeSecrets({ keys: [key] })).purged).toMatchObject([{ key, version: 2 }]);
    for (const api of [admin, bob])
      expect((await api.secrets.listSecrets({ view: SecretView.KEYS })).secrets).toEqual([]);
    const { results } = await admin.secrets.saveSecrets({ secrets: [{ key, id: "secr_damaged", value: "new" }] });
    expect(results).toMatchObject([{ id: "secr_damaged", version: 1 }]);
  });

  it.each([
    ["version", 0],
    ["version", -3],
    ["version", 2 ** 32 - 1],
    ["version", Number.MAX_SAFE_INTEGER],
    ["id", "secr_of_another"],
    ["updatedAtMs", -1],
    ["owner", "mallory"],
    ["format", 99],
  ])("with %s %s in its row is replaced all the same", async (field, value) => {
    await editor.set("secrets", key, field, value);
    const { results } = await admin.secrets.saveSecrets({ secrets: [{ key, value: "repaired" }] });
    expect(results).toMatchObject([{ id: "secr_damaged", version: 3 }]);
    await expectReadable("repaired", 3);
    await editor.set("secrets", key, field, value);
    await admin.secrets.purgeSecrets({ keys: [key] });
    expect((await admin.secrets.listSecrets({ keys: [key] })).missingKeys).toEqual([key]);
  });

  it("does not hide the others of its page, whatever number is in its row", async () => {
    await admin.secrets.saveSecrets({ secrets: [{ key: "prod/INTACT", value: "v" }] });
    await editor.set("secrets", key, "updatedAtMs", 2 ** 60);
    const { secrets, errors } = await admin.secrets.listSecrets({ view: SecretView.FULL });
    expect([secrets.map((each) => each.key), errors.map((each) => each.key)]).toEqual([["prod/INTACT"], [key]]);
  });
});

describe("fault B9: rows of users and tokens that do not verify", () => {
  let service: TestService;
  let editor: RowEditor;
  let admin: Api;
  let mallory: Api;

  beforeEach(async () => {
    service = await startService(inMemory);
    editor = editorOf(service);
    admin = service.admin;
    mallory = await service.addUser("mallory", { roles: ["team-m"] });
    await service.addUser("bob");
  });
  afterEach(() => service.stop());

  const slugs = async () => (await admin.identity.listUsers({})).users.map(({ slug }) => slug);

  it("a user costs no one else anything, and is reported", async () => {
    await editor.damage("users", "mallory");
    service.clock.advance(1_001);
    expect(await slugs()).toEqual(["admin", "bob"]);
    await admin.identity.saveUsers({ users: [{ slug: "carol", roles: ["team-c"] }] });
    await admin.identity.removeUsers({ slugs: ["bob"] });
    expect((await admin.secrets.explainAccess({ key: "a/A", whoCan: "create" })).holders.length).toBeGreaterThan(0);
    await expectFailure(admin.identity.saveUsers({ users: [{ slug: "team-m" }] }), {
      code: "AlreadyExists",
      reason: "NAME_TAKEN",
    });
    await expectFailure(mallory.identity.whoAmI({}), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    const events = (await service.auditEvents()).filter(({ action }) => action === "integrity.user");
    expect(events).toMatchObject([{ key: "mallory", rule: "integrity", filter: "edited" }]);
    const { findings } = await admin.secrets.isSecure({});
    expect(findings[0]).toMatchObject({ id: "stored-data", summary: expect.stringContaining("the user mallory") });
  });

  it("a user is replaced or removed by an admin, and then there is nothing to report", async () => {
    await editor.damage("users", "mallory");
    const saved = await admin.identity.saveUsers({ users: [{ slug: "mallory", roles: ["team-n"] }] });
    expect(saved.results).toMatchObject([{ user: { slug: "mallory", roles: ["team-n"], admin: false } }]);
    service.clock.advance(1_001);
    expect(await mallory.identity.whoAmI({})).toMatchObject({ roles: ["team-n"] });
    await editor.damage("users", "mallory");
    expect(await admin.identity.removeUsers({ slugs: ["mallory"] })).toMatchObject({
      removed: ["mallory"],
      tokensRevoked: 1,
    });
    expect(await slugs()).toEqual(["admin", "bob"]);
    expect((await admin.secrets.isSecure({})).findings.map(({ id }) => id)).not.toContain("stored-data");
  });

  it("a token is left out of lists, and revoked by an admin, but not by its user", async () => {
    const { tokenId } = await mallory.identity.whoAmI({});
    const other = service.as((await mallory.identity.createToken({})).secret);
    await editor.damage("tokens", tokenId);
    service.clock.advance(1_001);
    expect((await other.identity.listTokens({})).tokens.map(({ id }) => id)).not.toContain(tokenId);
    await expectFailure(other.identity.revokeToken({ id: tokenId }), damaged);
    const { token } = await admin.identity.revokeToken({ id: tokenId });
    expect(token?.revokedAt).toBeDefined();
    expect((await admin.identity.listTokens({ slug: "mallory" })).tokens).toHaveLength(2);
    await expectFailure(mallory.identity.whoAmI({}), { code: "Unauthenticated", reason: "UNAUTHENTICATED" });
    const [event] = (await service.auditEvents()).filter(({ action }) => action === "token.revoke");
    expect(event).toMatchObject({ key: tokenId, filter: "damaged" });
  });
});

function secretInput(name: string): SaveInput {
  const none = { id: "", encrypted: false, checksum: "", checksumAlgorithm: "", owner: "", ifVersion: undefined };
  return { ...none, key: name, value: "v", lists: forAccessLists(() => []), metadata: [], clear: [] };
}

describe("fault B9: purging", () => {
  it("goes on past damaged rows, however many of them are the oldest", async () => {
    const core = await startCore();
    const editor = editorOf({
      store: { mongoUri: core.config.mongoUri, environment: {}, drop: async () => {} },
      dataDir: core.config.dataDir,
    });
    try {
      const call = callOf({ slug: "admin", admin: true });
      const keys = Array.from({ length: 105 }, (_, at) => `a/${String(at).padStart(3, "0")}`);
      const secrets = keys.map((each) => secretInput(each));
      await saveSecrets(core.context, call, { secrets, remove: [], validateOnly: false, idempotencyKey: "" });
      for (const each of keys) {
        core.clock.nowMs += 1;
        await removeSecrets(core.context, call, { keys: [each], ids: [], key: "", id: "", idempotencyKey: "" });
      }
      for (const each of keys.slice(0, 102)) await editor.damage("secrets", each);
      core.clock.nowMs += limits.undeleteMs + 1_000;
      expect(await purgeRemoved(core.context)).toBe(3);
      expect(await core.context.store.listRemoved(core.clock.nowMs, 200, 0)).toHaveLength(102);
      expect(core.context.integrity.found).toHaveLength(102);
    } finally {
      await core.close();
    }
  });
});
