import { setTimeout as delay } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { defaultQuotas } from "../../src/limits.ts";
import type { CallInfo } from "../../src/rules/decision-record.ts";
import { purgeSecrets } from "../../src/secrets/purge-secrets.ts";
import { removeSecrets } from "../../src/secrets/remove-secrets.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import { openCores, type ProcessCore } from "../support/mongo/cores.ts";
import { callOf } from "../support/secrets/core.ts";
import { toInput } from "../support/secrets/direct-driver.ts";
import type { Save } from "../support/secrets/model.ts";

const admin = callOf({ slug: "root", admin: true });
const alice = callOf({ slug: "alice" });
const tenant = "default";

let one: ProcessCore;
let two: ProcessCore;
let uri: string;

beforeEach(async () => {
  const opened = await openCores(2);
  const [first, second] = opened.cores;
  if (first === undefined || second === undefined) throw new Error("two processes were opened");
  [one, two, uri] = [first, second, opened.uri];
});

type Changes = Partial<Save> & Pick<Save, "key">;

interface Options {
  readonly remove?: readonly { readonly key: string; readonly ifVersion?: number }[];
  readonly idempotencyKey?: string;
  readonly validateOnly?: boolean;
}

function save(by: ProcessCore, call: CallInfo, changes: readonly Changes[], options: Options = {}) {
  const { remove = [], idempotencyKey = "", validateOnly = false } = options;
  return saveSecrets(by.context, call, {
    secrets: changes.map(toInput),
    remove: remove.map(({ key, ifVersion }) => ({ key, ifVersion })),
    validateOnly,
    idempotencyKey,
  });
}

const remove = (by: ProcessCore, key: string) =>
  removeSecrets(by.context, admin, { keys: [key], ids: [], key: "", id: "", idempotencyKey: "" });
const purge = (by: ProcessCore, key: string) => purgeSecrets(by.context, admin, { keys: [key], oldVersions: false });

/** The secret as it is stored, for any caller. */
async function stored(key: string) {
  const [secret] = await two.context.store.findSecrets({ tenant, keys: [key], visibleTo: "everyone" });
  return secret;
}

async function recordsOf(key: string) {
  const records = await two.context.store.listAudit({ tenant, limit: 100 });
  return records.filter((record) => record.key === key && record.action !== "secret.plan");
}

/** The database, to someone who can write to it. */
async function openDatabase() {
  const client = await MongoClient.connect(uri);
  onTestFinished(() => client.close());
  return client.db();
}

const asks = (sent: readonly string[]) => sent.filter((command) => command === "find secrets").length;
const known = ["commitTransaction", "find changes", "insert changes", "insert history", "update secrets"];

describe("a save of a secret that this process wrote last", () => {
  test("sends nothing but what is written, and at the same time one question for its last change", async () => {
    await save(one, admin, [{ key: "a/A", value: "1", lists: { readers: ["alice"], writers: ["alice"] } }]);
    one.takeCommands();
    for (let version = 2; version < 5; version += 1) {
      const results = await save(one, alice, [{ key: "a/A", value: `${version}` }]);
      expect(results).toMatchObject([{ outcome: "updated", version, changedFields: ["value"] }]);
      expect([...one.takeCommands()].sort()).toEqual(known);
    }
    expect(await stored("a/A")).toMatchObject({ version: 4, updatedBy: "alice", createdBy: "root" });
    const records = await recordsOf("a/A");
    expect(records.map(({ version, rule }) => [version, rule])).toEqual([
      [4, "slug-listed"],
      [3, "slug-listed"],
      [2, "slug-listed"],
      [1, "admin"],
    ]);
  });

  test("of many at once, and of a removal, needs no query either; one that is not known needs one for all", async () => {
    const keys = ["a/A", "a/B", "a/C"];
    await save(
      one,
      admin,
      keys.map((key) => ({ key, value: "1" })),
    );
    one.takeCommands();
    const saves = [
      { key: "a/A", value: "2" },
      { key: "a/B", note: "x" },
    ];
    const results = await save(one, admin, saves, { remove: [{ key: "a/C", ifVersion: 1 }] });
    expect(results.map(({ outcome, version }) => [outcome, version])).toEqual([
      ["updated", 2],
      ["updated", 2],
      ["removed", 2],
    ]);
    expect(asks(one.takeCommands())).toBe(0);
    await save(one, admin, [
      { key: "a/A", value: "3" },
      { key: "a/NEW", value: "1" },
    ]);
    expect(asks(one.takeCommands())).toBe(1);
    // What was removed is read: whether it may come back depends on more than its document.
    await save(one, admin, [{ key: "a/C", value: "3" }]);
    expect(asks(one.takeCommands())).toBe(1);
  });

  test("is decided on what is stored when it changes nothing, is refused, or is only planned", async () => {
    await save(one, admin, [{ key: "a/A", value: "1", lists: { readers: ["alice"] } }]);
    one.takeCommands();
    expect(await save(one, admin, [{ key: "a/A", value: "1" }])).toMatchObject([{ outcome: "unchanged", version: 1 }]);
    expect(one.takeCommands()).toContain("find secrets");
    await expect(save(one, alice, [{ key: "a/A", value: "2" }])).rejects.toMatchObject({ reason: "MISSING_RIGHT" });
    expect(one.takeCommands()).toContain("find secrets");
    const stale = save(one, admin, [{ key: "a/A", value: "2", ifVersion: 7 }]);
    await expect(stale).rejects.toMatchObject({ reason: "STALE_VERSION" });
    expect(one.takeCommands()).toContain("find secrets");
    const planned = await save(one, admin, [{ key: "a/A", value: "2" }], { validateOnly: true });
    expect(planned).toMatchObject([{ outcome: "updated", version: 2 }]);
    expect(one.takeCommands()).toContain("find secrets");
    expect(await stored("a/A")).toMatchObject({ version: 1 });
  });

  test("that was repeated has the answer of the first one", async () => {
    await save(one, admin, [{ key: "a/A", value: "1" }]);
    const again = () => save(one, admin, [{ key: "a/A", value: "2" }], { idempotencyKey: "once" });
    const [first, ...others] = await Promise.all([again(), again(), again()]);
    expect(first).toMatchObject([{ outcome: "updated", version: 2 }]);
    for (const other of [...others, await again()]) expect(other).toEqual(first);
    expect(await stored("a/A")).toMatchObject({ version: 2 });
  });
});

describe("what this process wrote last, and another one has changed since", () => {
  test.each([
    ["of a version that is stored no more is refused", { ifVersion: 1 }, { reason: "STALE_VERSION" }],
    ["of the version that is stored is written", { ifVersion: 2 }, [{ outcome: "updated", version: 3 }]],
    ["of any version is written", {}, [{ outcome: "updated", version: 3 }]],
  ])("a save %s", async (_what, fields, expected) => {
    await save(one, admin, [{ key: "a/A", value: "1", note: "first" }]);
    await save(two, admin, [{ key: "a/A", value: "2", note: "second", lists: { readers: ["bob"] } }]);
    const answer = await save(one, admin, [{ key: "a/A", value: "3", ...fields }]).catch((error: unknown) => error);
    expect(answer).toMatchObject(expected);
    const written = Array.isArray(expected) ? { version: 3, updatedBy: "root" } : { version: 2 };
    // Whatever the save does not name is that of the other process.
    expect(await stored("a/A")).toMatchObject({
      ...written,
      metadata: [["note", "second"]],
      lists: { readers: ["bob"] },
    });
  });

  test("a save of the value that was stored before is written, and one of the value that is stored changes nothing", async () => {
    for (const [key, value, expected] of [
      ["a/A", "1", { outcome: "updated", version: 3 }],
      ["a/B", "2", { outcome: "unchanged", version: 2 }],
    ] as const) {
      await save(one, admin, [{ key, value: "1" }]);
      await save(two, admin, [{ key, value: "2" }]);
      expect(await save(one, admin, [{ key, value }])).toMatchObject([expected]);
      expect(await stored(key)).toMatchObject({ version: expected.version });
    }
  });

  test("a batch is decided anew as a whole, and saves of others that share its transaction are not", async () => {
    const keys = Array.from({ length: 8 }, (_, at) => `a/${at}`);
    await save(
      one,
      admin,
      keys.map((key) => ({ key, value: "1" })),
    );
    await save(two, admin, [{ key: "a/3", value: "2" }]);
    one.takeCommands();
    const results = await Promise.all(keys.map((key) => save(one, admin, [{ key, value: "3" }])));
    expect(results.flat().map(({ version }) => version)).toEqual(keys.map((key) => (key === "a/3" ? 3 : 2)));
    expect(asks(one.takeCommands())).toBeGreaterThan(0);
    await save(two, admin, [{ key: "a/5", value: "4" }]);
    const batch = keys.slice(4).map((key) => ({ key, value: "5" }));
    expect((await save(one, admin, batch)).map(({ version }) => version)).toEqual([3, 4, 3, 3]);
  });

  test("is not recalled for a second, so that two processes that write in turns do not write in vain each time", async () => {
    await save(one, admin, [{ key: "a/A", value: "1" }]);
    await save(two, admin, [{ key: "a/A", value: "2" }]);
    await save(one, admin, [{ key: "a/A", value: "3" }]);
    expect(one.takeCommands()).toContain("abortTransaction");
    expect(one.context.store.recallSecret(tenant, "a/A")).toBeUndefined();
    await delay(1_050);
    expect(one.context.store.recallSecret(tenant, "a/A")).toMatchObject({ secret: { version: 3 } });
  });
});

describe("threat 320: a writer whose right was taken away through another process", () => {
  test.each([
    ["may still read", { writers: ["bob"] }, { reason: "MISSING_RIGHT" }],
    ["may do nothing any more", { writers: ["bob"], readers: ["bob"] }, { reason: "FOREIGN_PREFIX" }],
  ])("writes nothing, and is refused for what is so now: one that %s", async (_what, lists, expected) => {
    await save(one, admin, [{ key: "a/A", value: "1", lists: { readers: ["alice"], writers: ["alice"] } }]);
    await save(one, alice, [{ key: "a/A", value: "2" }]);
    await save(two, admin, [{ key: "a/A", lists }]);
    await expect(save(one, alice, [{ key: "a/A", value: "3" }])).rejects.toMatchObject(expected);
    await expect(save(one, alice, [], { remove: [{ key: "a/A" }] })).rejects.toThrow();
    expect(await stored("a/A")).toMatchObject({ version: 3, updatedBy: "root" });
    const [newest] = await recordsOf("a/A");
    expect(newest).toMatchObject({ principal: "alice", decision: "denied" });
  });

  test("learns nothing of quotas", async () => {
    const none = { ...defaultQuotas, userBytes: 1 };
    const quotas = { ...one.context.quotas, of: () => none };
    await save(one, admin, [{ key: "a/A", value: "1", lists: { readers: ["alice"], writers: ["alice"] } }]);
    const full = { ...one, context: { ...one.context, quotas } };
    await expect(save(full, alice, [{ key: "a/A", value: "12" }])).rejects.toMatchObject({ reason: "QUOTA_EXCEEDED" });
    await save(two, admin, [{ key: "a/A", lists: { writers: ["bob"] } }]);
    await expect(save(full, alice, [{ key: "a/A", value: "12" }])).rejects.toMatchObject({ reason: "MISSING_RIGHT" });
  });

  test("does not bring back what was removed", async () => {
    await save(one, admin, [{ key: "a/A", value: "1", lists: { writers: ["alice"] } }]);
    await save(two, admin, [{ key: "a/A", lists: { writers: ["bob"] } }]);
    await remove(two, "a/A");
    await expect(save(one, alice, [{ key: "a/A", value: "2" }])).rejects.toMatchObject({ reason: "FOREIGN_PREFIX" });
    expect(await stored("a/A")).toMatchObject({ version: 3, removed: true });
    expect(await save(one, admin, [{ key: "a/A", value: "2" }])).toMatchObject([{ outcome: "created", version: 4 }]);
  });

  test("does not write what was purged and made again with the same version", async () => {
    for (const key of ["a/A", "a/B"]) {
      await save(one, admin, [{ key, value: "1", note: "first", lists: { readers: ["alice"], writers: ["alice"] } }]);
      await remove(two, key);
      await purge(two, key);
      // Of the same size, so that the counts of what is stored do not differ.
      await save(two, admin, [{ key, value: "9", note: "other", lists: { readers: ["wendy"], writers: ["wendy"] } }]);
      expect(await stored(key)).toMatchObject({ version: 1 });
    }
    const again = save(one, alice, [{ key: "a/A", value: "2", ifVersion: 1 }]);
    await expect(again).rejects.toMatchObject({ reason: "FOREIGN_PREFIX" });
    expect(await stored("a/A")).toMatchObject({ version: 1 });
    await save(one, admin, [{ key: "a/B", value: "2", ifVersion: 1 }]);
    expect(await stored("a/B")).toMatchObject({
      version: 2,
      metadata: [["note", "other"]],
      lists: { readers: ["wendy"], writers: ["wendy"] },
    });
  });

  test("does not make a purged secret again", async () => {
    await save(one, admin, [{ key: "a/A", value: "1", lists: { writers: ["alice"] } }]);
    await remove(two, "a/A");
    await purge(two, "a/A");
    await expect(save(one, alice, [{ key: "a/A", value: "2" }])).rejects.toMatchObject({ reason: "FOREIGN_PREFIX" });
    expect(await stored("a/A")).toBeUndefined();
  });
});

describe("threat 321: someone who writes to the database", () => {
  test("cannot have the last change undone by putting back what this process remembers", async () => {
    await save(one, alice, [{ key: "alice/A", value: "1" }]);
    const db = await openDatabase();
    const before = await db.collection("secrets").findOne({ key: "alice/A" });
    if (before === null) throw new Error("the secret is not stored");
    await save(two, alice, [{ key: "alice/A", value: "2" }]);
    await db.collection("secrets").replaceOne({ key: "alice/A" }, before);
    await db.collection("history").deleteOne({ key: "alice/A", version: 2 });
    await expect(save(one, alice, [{ key: "alice/A", value: "3" }])).rejects.toMatchObject({ reason: "INTEGRITY" });
    expect(await stored("alice/A")).toMatchObject({ version: 1 });
    expect(one.context.integrity.found).toMatchObject([{ name: "alice/A", cause: "put-back" }]);
  });

  test("cannot have an edit overwritten before it is noticed", async () => {
    for (const [field, value] of Object.entries({
      ...{ readers: ["alice", "mallory"], owner: "mallory", removed: true, metadata: [{ k: "note", v: "x" }] },
      ...{ updatedBy: "mallory", updatedAtMs: 1, createdAtMs: 1, valueChangedAtMs: 1, createdBy: "mallory", format: 2 },
      ...{ kid: "0".repeat(16), id: "sec_0123456789abcdefabcd" },
    })) {
      const key = `alice/${field}`;
      await save(one, alice, [{ key, value: "1" }]);
      const db = await openDatabase();
      await db.collection("secrets").updateOne({ key }, { $set: { [field]: value } });
      await expect(save(one, alice, [{ key, value: "2" }]), field).rejects.toMatchObject({ reason: "INTEGRITY" });
      expect(await stored(key), field).toMatchObject({ version: 1 });
    }
  });
});
