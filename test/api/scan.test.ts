import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scanStore } from "../../src/backup/scan-store.ts";
import { createToken } from "../../src/identity/create-token.ts";
import { saveUsers } from "../../src/identity/save-users.ts";
import { limits } from "../../src/limits.ts";
import { anonymousRecord } from "../../src/rules/decision-record.ts";
import { describeFailure } from "../../src/rules/integrity.ts";
import { destroyVersions } from "../../src/secrets/destroy-versions.ts";
import { purgeSecrets } from "../../src/secrets/purge-secrets.ts";
import { removeSecrets } from "../../src/secrets/remove-secrets.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import type { AccessLists } from "../../src/store/secret-rows.ts";
import { forAccessLists } from "../../src/text/access-list-names.ts";
import { editorOf, type RowEditor } from "../support/hostile/edit-rows.ts";
import { callOf, startCore, type TestCore } from "../support/secrets/core.ts";

let core: TestCore;
let editor: RowEditor;

const admin = callOf({ slug: "admin", admin: true });
const pause = async () => {};

beforeEach(async () => {
  core = await startCore();
  const { mongoUri, dataDir } = core.config;
  editor = editorOf({ store: { mongoUri, environment: {}, drop: async () => {} }, dataDir });
  await save("a/1", { readers: ["bob"] });
  await save("a/2", { readers: ["bob"], writers: ["carol"] });
  await save("a/3");
  await removeSecrets(core.context, admin, { keys: ["a/3"], ids: [], key: "", id: "", idempotencyKey: "" });
  await save("a/4");
  await removeSecrets(core.context, admin, { keys: ["a/4"], ids: [], key: "", id: "", idempotencyKey: "" });
  await purgeSecrets(core.context, admin, { keys: ["a/4"], oldVersions: false });
});
afterEach(() => core.close());

async function save(key: string, lists: Partial<AccessLists> = {}, value = "v"): Promise<void> {
  core.clock.nowMs += 1_000;
  const none = { id: "", encrypted: false, checksum: "", checksumAlgorithm: "", owner: "", ifVersion: undefined };
  const secret = { ...none, key, value, lists: { ...forAccessLists(() => []), ...lists }, metadata: [], clear: [] };
  await saveSecrets(core.context, admin, { secrets: [secret], remove: [], validateOnly: false, idempotencyKey: "" });
}

async function addUser(slug: string): Promise<string> {
  const context = {
    ...core.context,
    issuers: [],
    directory: "everyone" as const,
    version: "0",
    forgetCallers: async () => {},
  };
  const call = { ...admin, caller: { ...admin.caller, tokenId: "", tokenExpireAtMs: 0 } };
  const user = { slug, roles: [], admin: undefined, operator: undefined, clear: [], reuse: false };
  await saveUsers(context, call, { users: [user], tenant: "" });
  const token = { slug, ttlMs: undefined, description: "", tenant: "", grants: [] };
  return (await createToken(context, call, token)).token.id;
}

async function scan(namesMax = 1_000) {
  const result = await scanStore(core.context, { pause, namesMax });
  return { ...result, found: core.context.integrity.found.map(describeFailure).sort() };
}

describe("fault B5: the scan of the store", () => {
  it("finds nothing in a store that is as the service left it, in one pass or in several", async () => {
    await addUser("bob");
    const intact = { rows: 5, uncompared: 0, failures: 0, found: [] };
    expect(await scan()).toEqual(intact);
    expect(await scan(2)).toEqual(intact);
  });

  it("finds rows that were deleted, were put back or do not verify, and records each once", async () => {
    const tokenId = await addUser("bob");
    const old = await editor.copy("secrets", "a/2");
    await save("a/2", {}, "newer");
    await editor.putBack(old);
    await editor.remove("secrets", "a/1");
    await editor.damage("secrets", "a/3");
    await editor.remove("users", "bob");
    await editor.remove("tokens", tokenId);
    const found = [
      "the secret a/1 of the tenant default is missing: its row was deleted outside the service",
      "the secret a/2 of the tenant default is older than its last change: an old row was put back",
      "the secret a/3 of the tenant default does not verify: it was changed outside the service, or is damaged",
      `the token ${tokenId} of the tenant default is missing: its row was deleted outside the service`,
      "the user bob of the tenant default is missing: its row was deleted outside the service",
    ];
    expect(await scan()).toMatchObject({ found });
    expect((await scan(3)).found).toEqual(found);
    const { store } = core.context;
    const records = (await store.listAudit({ tenant: "default", limit: 100 })).filter(
      ({ rule }) => rule === "integrity",
    );
    expect(records.map(({ action, key }) => `${action} ${key}`).sort()).toEqual([
      "integrity.secret a/1",
      "integrity.secret a/2",
      "integrity.secret a/3",
      `integrity.token ${tokenId}`,
      "integrity.user bob",
    ]);
  });

  it("finds old versions that were deleted, and none that were purged or are no longer retained", async () => {
    for (let version = 2; version <= limits.historyVersions + 2; version += 1)
      await save("a/1", {}, `value ${version}`);
    for (const value of ["x", "y"]) await save("a/2", {}, value);
    await purgeSecrets(core.context, admin, { keys: ["a/2"], oldVersions: true });
    await save("a/2", {}, "z");
    await destroyVersions(core.context, admin, "a/1", [limits.historyVersions - 1]);
    expect((await scan()).found).toEqual([]);
    await editor.removeVersion("a/1", limits.historyVersions);
    await editor.removeVersion("a/2", 3);
    const found = ["a/1", "a/2"].map(
      (key) =>
        `an old version of the secret ${key} of the tenant default is missing: its row was deleted outside the service`,
    );
    expect((await scan()).found).toEqual(found);
    expect((await scan(2)).found).toEqual(found);
  });

  it.each(["token.drop", "session.drop"])(
    "misses no token that %s names, and each one that nothing names",
    async (action) => {
      const [named, unnamed] = [await addUser("bob"), await addUser("carl")];
      const { store } = core.context;
      const drop = async (id: string, names: readonly string[]) => {
        const expectedRevision = await store.identityRevision("default");
        const entry = { action, decision: "allowed", rule: "ended", count: 1, names } as const;
        const audit = [anonymousRecord("default", core.clock.nowMs, entry)];
        const rows = { tenant: "default", expectedRevision, users: [], tokens: [] };
        expect(await store.commitIdentity({ ...rows, droppedTokens: [id], audit })).toBe("committed");
      };
      await drop(named, [named]);
      expect((await scan()).found).toEqual([]);
      await drop(unnamed, ["tok_00000000000000000000"]);
      expect((await scan()).found).toEqual([
        `the token ${unnamed} of the tenant default is missing: its row was deleted outside the service`,
      ]);
    },
  );

  it("finds nothing wrong behind plans, and saves that changed nothing", async () => {
    await save("a/1", {}, "w");
    const old = await editor.copy("secrets", "a/1");
    await save("a/1", {}, "x");
    const same = { id: "", encrypted: false, checksum: "", checksumAlgorithm: "", owner: "", ifVersion: undefined };
    const lists = forAccessLists(() => []);
    const secrets = ["a/1", "a/2"].map((key) => ({ ...same, key, value: "x", lists, metadata: [], clear: [] }));
    core.clock.nowMs += 1_000;
    for (const validateOnly of [true, false]) {
      const request = {
        secrets: secrets.slice(0, validateOnly ? 2 : 1),
        remove: [],
        validateOnly,
        idempotencyKey: "again",
      };
      await saveSecrets(core.context, admin, request);
    }
    expect((await scan()).found).toEqual([]);
    await editor.putBack(old);
    expect((await scan()).found).toEqual([
      "the secret a/1 of the tenant default is older than its last change: an old row was put back",
    ]);
  });

  it("finds a token and a user that were put back, and no purged secret that is gone", async () => {
    const tokenId = await addUser("bob");
    const [user, token] = [await editor.copy("users", "bob"), await editor.copy("tokens", tokenId)];
    core.clock.nowMs += 1_000;
    const context = {
      ...core.context,
      issuers: [],
      directory: "everyone" as const,
      version: "0",
      forgetCallers: async () => {},
    };
    const call = { ...admin, caller: { ...admin.caller, tokenId: "", tokenExpireAtMs: 0 } };
    const { removeUsers } = await import("../../src/identity/remove-users.ts");
    await removeUsers(context, call, { slugs: ["bob"], tenant: "" });
    expect((await scan()).found).toEqual([]);
    await editor.putBack(user);
    await editor.putBack(token);
    expect((await scan()).found).toEqual([
      `the token ${tokenId} of the tenant default is older than its last change: an old row was put back`,
      "the user bob of the tenant default is older than its last change: an old row was put back",
    ]);
  });

  it("finds an index that shows a secret to someone who is in none of its lists, and mends it", async () => {
    await editor.showTo("a/1", "mallory");
    await editor.hideFrom("a/2", "carol");
    const found = await scan();
    expect(found.failures).toBe(2);
    expect(core.context.integrity.totals.find(({ kind, cause }) => kind === "index" && cause === "edited")?.count).toBe(
      2,
    );
    const page = {
      tenant: "default",
      right: "any",
      prefix: "",
      glob: undefined,
      after: "",
      limit: 10,
      scanLimit: 10,
    } as const;
    const { store } = core.context;
    expect((await store.listNames({ ...page, visibleTo: ["mallory"] })).names).toEqual([]);
    expect((await store.listNames({ ...page, visibleTo: ["carol"] })).names.map(({ key }) => key)).toEqual(["a/2"]);
    expect(await scan()).toMatchObject({ failures: 0, found: [] });
  });

  it("says of how many rows the log has no record", async () => {
    const { store, auditKey } = core.context;
    const { signCheckpoint } = await import("../../src/audit/checkpoint.ts");
    const { records } = await store.readAudit("changes", "", 100);
    const third = records[2];
    if (third === undefined) throw new Error("too few records");
    const { chain, position, mac, timeMs } = third;
    await store.dropAudit(
      signCheckpoint(auditKey, { chain, sink: "changes", position, lastMac: mac, lastTimeMs: timeMs }),
    );
    expect(await scan()).toEqual({ rows: 3, uncompared: 2, failures: 0, found: [] });
  });

  it("finds records of changes that were edited", async () => {
    await editor.editLog("a/2");
    const { found } = await scan();
    expect(found).toContainEqual(
      expect.stringMatching(/^the audit log does not verify: edited at position \d+ of the chain/),
    );
  });
});
