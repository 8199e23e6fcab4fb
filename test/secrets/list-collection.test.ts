import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Keyring } from "../../src/crypto/keyring.ts";
import { limits } from "../../src/limits.ts";
import type { Context } from "../../src/rules/context.ts";
import { addSecret, countOf, createCollection, wasShown } from "../../src/secrets/list-collection.ts";
import type { ListFilter, SecretView } from "../../src/secrets/list-filter.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import { callOf, startCore, type TestCore } from "../support/secrets/core.ts";
import { toInput } from "../support/secrets/direct-driver.ts";

let core: TestCore;
let stored: StoredSecret;
const admin = callOf({ slug: "root", admin: true });
beforeAll(async () => {
  core = await startCore();
  const secrets = [toInput({ key: "list/A", value: "v", lists: { readers: ["reader"], writers: ["writer"] } })];
  await saveSecrets(core.context, admin, { secrets, remove: [], validateOnly: false, idempotencyKey: "" });
});
beforeEach(async () => {
  const [found] = await core.context.store.findSecrets({ tenant: "default", keys: ["list/A"], visibleTo: "everyone" });
  if (found === undefined) throw new Error("it was not saved");
  stored = found;
});
afterAll(() => core.close());

const all: ListFilter = {
  prefix: "",
  glob: undefined,
  state: undefined,
  expiringMs: limits.expiringMs,
  folder: undefined,
  removed: false,
  text: "",
};
const collect = (view: SecretView, more: { slug?: string; filter?: Partial<ListFilter>; context?: Context } = {}) => {
  const call = more.slug === undefined ? admin : callOf({ slug: more.slug });
  return createCollection(more.context ?? core.context, call, view, { ...all, ...more.filter }, limits.answerBytes);
};

describe("fault E10: a list", () => {
  test.each(["metadata", "keys"] as const)("in the view of %s reports a row that the contract cannot show", (view) => {
    const wrong: Partial<StoredSecret>[] = [{ createdAtMs: Date.UTC(10_000, 0) }, { version: 2 ** 32 }];
    for (const fields of wrong) {
      const collection = collect(view);
      expect(addSecret(collection, { ...stored, ...fields })).toBe(true);
      expect(collection).toMatchObject({
        secrets: [],
        names: [],
        errors: [{ key: "list/A", reason: "INTEGRITY" }],
        records: [{ action: "secret.list", decision: "refused", rule: "integrity", key: "list/A" }],
      });
    }
    // To a caller without a right on it, an intact row is not shown. Of an edited one the lists decide nothing.
    const stranger = collect(view, { slug: "stranger" });
    expect(addSecret(stranger, stored)).toBe(false);
    expect(stranger).toMatchObject({ secrets: [], names: [], errors: [] });
  });

  test("shows a value to readers only, and says nothing of it to a writer", () => {
    const reader = collect("full", { slug: "reader" });
    expect(addSecret(reader, stored)).toBe(true);
    expect(reader.secrets).toMatchObject([{ value: "v" }]);
    for (const slug of ["writer", "stranger"]) {
      const other = collect("full", { slug });
      expect(addSecret(other, stored)).toBe(false);
      expect(other).toMatchObject({ secrets: [], errors: [], records: [], bytes: 0 });
    }
  });

  test("counts everything that the answer mentions", () => {
    const collection = collect("metadata");
    expect(countOf(collection)).toBe(0);
    addSecret(collection, stored);
    collection.names.push({ key: "a", id: "secr_a" }, { key: "b", id: "secr_b" });
    for (const key of ["c", "d", "e", "f"]) collection.errors.push({ key, reason: "INTEGRITY" });
    expect(countOf(collection)).toBe(1 + 2 + 4);
  });

  test("knows which named secrets an earlier page has shown: those that are selected and shown in its view", () => {
    expect(wasShown(collect("full", { slug: "reader" }), stored)).toBe(true);
    expect(wasShown(collect("full", { slug: "writer" }), stored)).toBe(false);
    expect(wasShown(collect("metadata", { slug: "writer" }), stored)).toBe(true);
    expect(wasShown(collect("keys", { slug: "stranger" }), stored)).toBe(false);
    for (const filter of [{ prefix: "other/" }, { glob: "*B" }, { state: "expired" }] as const) {
      expect(wasShown(collect("full", { filter }), stored)).toBe(false);
      expect(wasShown(collect("metadata", { filter }), stored)).toBe(false);
    }
  });

  test("fault B9: raises no alarm for a row that was known to verify when it was read, and was forgotten since", () => {
    const row = () => ({ ...stored, envelope: new Uint8Array(0) });
    const [forgotten, known] = [row(), row()];
    const fresh = { ...core.context, keyring: Object.create(core.context.keyring) as Keyring };
    const collection = collect("metadata", { context: fresh });
    collection.readAsVerified.add(known);
    addSecret(collection, known);
    expect(collection).toMatchObject({ secrets: [{ secret: { key: "list/A" } }], errors: [] });
    addSecret(collection, forgotten);
    expect(collection.errors).toEqual([{ key: "list/A", reason: "INTEGRITY" }]);
  });

  test("does not take an error of its own for a damaged secret", () => {
    const context = { ...core.context, keyring: {} as Keyring };
    const collection = collect("full", { context });
    expect(() => addSecret(collection, stored)).toThrow(TypeError);
    expect(collection.errors).toEqual([]);
  });
});
