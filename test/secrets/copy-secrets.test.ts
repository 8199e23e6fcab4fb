import { afterAll, beforeAll, expect, test } from "vitest";
import type { CallInfo } from "../../src/rules/decision-record.ts";
import { compareNamespaces } from "../../src/secrets/compare-namespaces.ts";
import { copySecrets } from "../../src/secrets/copy-secrets.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import { callOf, startCore, type TestCore } from "../support/secrets/core.ts";
import { toInput } from "../support/secrets/direct-driver.ts";
import type { Save } from "../support/secrets/model.ts";
import { reasonOf } from "../support/secrets/reason-of.ts";

let core: TestCore;
beforeAll(async () => {
  core = await startCore();
});
afterAll(() => core.close());

const admin = callOf({ slug: "admin", admin: true });
const alice = callOf({ slug: "alice" });
const save = async (key: string, more: Partial<Save> = {}, call: CallInfo = admin) => {
  const secrets = [toInput({ key, value: `value of ${key}`, ...more })];
  await saveSecrets(core.context, call, { secrets, remove: [], validateOnly: false, idempotencyKey: "" });
};
const stored = async (key: string) =>
  (await core.context.store.findSecrets({ tenant: "default", keys: [key], visibleTo: "everyone" }))[0];
const copy = (
  call: CallInfo,
  pairs: readonly (readonly [string, string, number?])[],
  { move = false, validateOnly = false, readers = [] as readonly string[], idempotencyKey = "" } = {},
) => {
  const items = pairs.map(([source, target, ifVersion]) => ({ source, target, ifVersion }));
  return copySecrets(core.context, call, { items, move, validateOnly, readers, idempotencyKey });
};
const actionsOn = async (key: string) => {
  const records = await core.context.store.listAudit({ tenant: "default", key, limit: 20 });
  return records.map(({ action, filter }) => `${action} ${filter}`.trim());
};

test("copies value and metadata with the lists of a new secret, and records a read of the source", async () => {
  await save("from/A", { note: "first", lists: { readers: ["bob"] } });
  expect(await copy(admin, [["from/A", "to/A"]], { readers: ["web"] })).toMatchObject([
    { key: "to/A", outcome: "created", version: 1 },
  ]);
  expect(await stored("to/A")).toMatchObject({ metadata: [["note", "first"]], owner: "admin" });
  expect((await stored("to/A"))?.lists).toMatchObject({ readers: ["web"], writers: [] });
  expect(await actionsOn("from/A")).toContain("secret.read copy=to/A");
  expect(await compareNamespaces(core.context, admin, { left: "from", right: "to" })).toEqual([
    { name: "A", comparison: "same" },
  ]);
  expect(await reasonOf(copy(admin, [["from/A", "to/A"]]))).toBe("STALE_VERSION");
});

test("needs read there and create here, for all of them, or does nothing", async () => {
  await save("src/READABLE", { lists: { readers: ["alice"] } });
  await save("src/WRITABLE", { lists: { writers: ["alice"] } });
  await save("src/HIDDEN");
  const ok = ["src/READABLE", "alice/READABLE"] as const;
  expect(await reasonOf(copy(alice, [ok, ["src/WRITABLE", "alice/W"]]))).toBe("MISSING_RIGHT");
  expect(await reasonOf(copy(alice, [ok, ["src/HIDDEN", "alice/H"]]))).toBe("NOT_FOUND");
  expect(await reasonOf(copy(alice, [ok, ["src/NONE", "alice/N"]]))).toBe("NOT_FOUND");
  expect(await reasonOf(copy(alice, [["src/READABLE", "elsewhere/R"]]))).toBe("FOREIGN_PREFIX");
  expect(await copy(alice, [ok], { validateOnly: true })).toMatchObject([{ outcome: "created" }]);
  expect(await stored("alice/READABLE")).toBeUndefined();
  await copy(alice, [ok]);
  expect((await stored("alice/READABLE"))?.lists.readers).toEqual(["alice"]);
  expect(await reasonOf(copy(alice, [["src/READABLE", "alice/M"]], { move: true }))).toBe("MISSING_RIGHT");
  expect(await stored("alice/M")).toBeUndefined();
});

test("moves in one commit, at the version that is copied, and the target is not another source", async () => {
  await save("old/A");
  await save("old/B");
  expect(await reasonOf(copy(admin, [["old/A", "new/A", 7]], { move: true }))).toBe("STALE_VERSION");
  const pairs = [["old/A", "new/A", 1] as const, ["old/B", "new/B"] as const];
  expect((await copy(admin, pairs, { move: true })).map(({ key, outcome }) => `${outcome} ${key}`)).toEqual([
    "created new/A",
    "created new/B",
    "removed old/A",
    "removed old/B",
  ]);
  expect((await stored("old/A"))?.removed).toBe(true);
  expect(
    await reasonOf(
      copy(admin, [
        ["new/A", "x/A"],
        ["new/B", "new/A"],
      ]),
    ),
  ).toBe("DUPLICATE_ITEM");
  expect(await reasonOf(copy(admin, []))).toBe("INVALID_FIELD");
  expect(await reasonOf(copy(admin, [["new/A", "no good"]]))).toBe("INVALID_FIELD");
});

test.each([{ move: false }, { move: true }])(
  "threat 243: a repeated request is answered, and is not carried out again: %j",
  async ({ move }) => {
    const folder = `again-${move}`;
    await save(`${folder}/A`, { lists: { readers: ["alice"], deleters: ["alice"] } });
    const pairs = [[`${folder}/A`, `alice/${folder}`]] as const;
    const once = { move, idempotencyKey: `copy-${move}` };
    const first = await copy(alice, pairs, once);
    expect(first).toMatchObject([{ outcome: "created", version: 1 }, ...(move ? [{ outcome: "removed" }] : [])]);
    expect(await copy(alice, pairs, once)).toEqual(first);
    expect(await stored(`alice/${folder}`)).toMatchObject({ version: 1 });
    const reads = (await actionsOn(`${folder}/A`)).filter((text) => text.startsWith("secret.read"));
    expect(reads).toEqual([`secret.read copy=alice/${folder}`]);
    expect(await reasonOf(copy(alice, [[`${folder}/A`, `alice/${folder}-2`]], once))).toBe("IDEMPOTENCY_KEY_REUSED");
    expect(await reasonOf(copy(alice, pairs, { ...once, idempotencyKey: "another" }))).toBe(
      move ? "NOT_FOUND" : "STALE_VERSION",
    );
  },
);

test("threat 243: the same request twice at once is carried out once, and both get the answer", async () => {
  await save("twice/A");
  const pairs = [["twice/A", "twice/B"]] as const;
  const once = { move: true, idempotencyKey: "at-once" };
  const [first, second] = await Promise.all([copy(admin, pairs, once), copy(admin, pairs, once)]);
  expect(second).toEqual(first);
  expect(await stored("twice/B")).toMatchObject({ version: 1 });
  expect(await stored("twice/A")).toMatchObject({ removed: true });
});

test("threat 243: who lost the right to do it gets no answer again", async () => {
  await save("lost/A", { lists: { readers: ["alice"] } });
  const pairs = [["lost/A", "alice/LOST"]] as const;
  await copy(alice, pairs, { idempotencyKey: "lost" });
  await save("lost/A", { lists: { readers: ["bob"], writers: ["alice"] }, value: undefined });
  expect(await reasonOf(copy(alice, pairs, { idempotencyKey: "lost" }))).toBe("MISSING_RIGHT");
});

test("threat 212: a comparison answers only for those who may read both sides, and is recorded", async () => {
  const readers = { readers: ["alice"] };
  await save("l/SAME", { value: "x", lists: readers });
  await save("r/SAME", { value: "x", lists: readers });
  await save("l/DIFFERENT", { value: "x", lists: readers });
  await save("r/DIFFERENT", { value: "y", lists: readers });
  await save("l/WRITER", { value: "x", lists: readers });
  await save("r/WRITER", { value: "x", lists: { writers: ["alice"] } });
  await save("l/HIDDEN", { value: "x", lists: readers });
  await save("r/HIDDEN", { value: "x" });
  await save("r/sub/ONLY", { value: "x", lists: readers });
  expect(await compareNamespaces(core.context, alice, { left: "l", right: "r" })).toEqual([
    { name: "DIFFERENT", comparison: "different" },
    { name: "HIDDEN", comparison: "only-left" },
    { name: "SAME", comparison: "same" },
    { name: "WRITER", comparison: "not-readable" },
    { name: "sub/ONLY", comparison: "only-right" },
  ]);
  expect(await actionsOn("l/SAME")).toContain("secret.compare with=r/SAME");
  expect((await actionsOn("l/WRITER")).join()).not.toContain("secret.compare");
  expect(await compareNamespaces(core.context, callOf({ slug: "nobody" }), { left: "l", right: "r" })).toEqual([]);
  expect(await reasonOf(compareNamespaces(core.context, alice, { left: "l", right: "l" }))).toBe("CONFLICTING_FIELDS");
  expect(await reasonOf(compareNamespaces(core.context, alice, { left: "", right: "l" }))).toBe("INVALID_FIELD");
});
