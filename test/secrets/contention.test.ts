import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import type { Context } from "../../src/rules/context.ts";
import { purgeSecrets } from "../../src/secrets/purge-secrets.ts";
import { removeSecrets } from "../../src/secrets/remove-secrets.ts";
import { restoreVersion } from "../../src/secrets/restore-version.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import type { SecretCommitOutcome } from "../../src/store/secret-store.ts";
import { callOf, startCore, type TestCore } from "../support/secrets/core.ts";
import { toInput } from "../support/secrets/direct-driver.ts";

let core: TestCore;
beforeAll(async () => {
  core = await startCore();
});
afterAll(() => core.close());

const admin = callOf({ slug: "root", admin: true });
const save = (key: string, value: string, context: Context = core.context) =>
  saveSecrets(context, admin, {
    secrets: [toInput({ key, value })],
    remove: [],
    validateOnly: false,
    idempotencyKey: "",
  });
const remove = (key: string, idempotencyKey = "", context: Context = core.context) =>
  removeSecrets(context, admin, { keys: [key], ids: [], key: "", id: "", idempotencyKey });
const restore = (key: string, idempotencyKey = "", context: Context = core.context) =>
  restoreVersion(context, admin, { key, version: 1, ifVersion: undefined, idempotencyKey });
const purge = (key: string, context: Context = core.context) =>
  purgeSecrets(context, admin, { keys: [key], oldVersions: true });

/** The real store, in which another writer is faster every time. */
function overtaken(): { readonly context: Context; attempts(): number } {
  let attempts = 0;
  const commitSecrets = async (): Promise<SecretCommitOutcome> => {
    attempts += 1;
    return { status: "stale", index: 0 };
  };
  return { context: { ...core.context, store: { ...core.context.store, commitSecrets } }, attempts: () => attempts };
}

async function recordsOf(action: string, key: string) {
  const records = await core.context.store.listAudit({ tenant: "default", actions: [action], limit: 100 });
  return records.filter((record) => record.key === key).map(({ decision, rule }) => `${decision} ${rule}`);
}

describe("fault E1: a change that other writers overtake every time", () => {
  test.each([
    ["secret.save", (key: string, context: Context) => save(key, "w", context)],
    ["secret.remove", (key: string, context: Context) => remove(key, "", context)],
    ["secret.restore", (key: string, context: Context) => restore(key, "", context)],
    ["secret.purge", (key: string, context: Context) => purge(key, context)],
  ])("%s ends with CONTENTION after the last attempt, and that is recorded", async (action, change) => {
    const key = `overtaken/${action}`;
    await save(key, "1");
    await save(key, "2");
    const { context, attempts } = overtaken();
    await expect(change(key, context)).rejects.toMatchObject({ reason: "CONTENTION" });
    expect(attempts()).toBe(limits.saveAttempts);
    const all = await core.context.store.listAudit({ tenant: "default", actions: [action], limit: 100 });
    expect(all.filter(({ rule }) => rule === "contention")).toMatchObject([{ decision: "refused" }]);
  });
});

describe("fault E1: one idempotency key, twice at the same time", () => {
  const twice = <Result>(change: () => Promise<Result>) => Promise.all([change(), change()]);

  test("removes once, and both get the same result", async () => {
    await save("once/removed", "1");
    const [first, second] = await twice(() => remove("once/removed", "remove"));
    expect(first).toMatchObject([{ key: "once/removed", version: 2 }]);
    expect(second).toEqual(first);
    expect(await recordsOf("secret.remove", "once/removed")).toEqual(["allowed admin"]);
  });

  test("restores once, and both get the same result", async () => {
    await save("once/restored", "1");
    await save("once/restored", "2");
    const [first, second] = await twice(() => restore("once/restored", "restore"));
    expect(first).toMatchObject({ key: "once/restored", outcome: "updated", version: 3 });
    expect(second).toEqual(first);
    expect(await recordsOf("secret.restore", "once/restored")).toEqual(["allowed admin"]);
    expect(await recordsOf("secret.unchanged", "once/restored")).toEqual(["allowed repeated-request"]);
  });
});
