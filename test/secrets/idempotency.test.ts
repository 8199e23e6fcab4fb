import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SaveInput } from "../../src/secrets/save-input.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import { callOf, startCore, type TestCore } from "../support/secrets/core.ts";
import { toInput } from "../support/secrets/direct-driver.ts";

let core: TestCore;
beforeAll(async () => {
  core = await startCore();
});
afterAll(() => core.close());

const admin = callOf({ slug: "root", admin: true });
const secret = (key: string, value: string): SaveInput => toInput({ key, value });
const save = (key: string, value: string, idempotencyKey: string) =>
  saveSecrets(core.context, admin, { secrets: [secret(key, value)], remove: [], validateOnly: false, idempotencyKey });

function editDatabase(sql: string, ...values: (string | number | Uint8Array)[]) {
  const db = new DatabaseSync(join(core.config.dataDir, "secrets.db"), { timeout: 5_000 });
  const { changes } = db.prepare(sql).run(...values);
  db.close();
  expect(changes).toBe(1);
}

describe("what is stored of a request", () => {
  test("threat 79: is neither the value nor a hash of it that others could compute", async () => {
    await save("A", "canary-value", "first");
    const db = new DatabaseSync(join(core.config.dataDir, "secrets.db"), { readOnly: true });
    const row = db.prepare("SELECT * FROM idempotency WHERE key = 'first'").get();
    db.close();
    expect(row?.answer).not.toContain("canary");
    expect(row?.request_mac).toHaveLength(32);
    await save("A", "canary-value", "second");
    await expect(save("A", "other", "second")).rejects.toMatchObject({ reason: "IDEMPOTENCY_KEY_REUSED" });
  });

  test.each([
    ["answer", "[]"],
    ["created_at_ms", 1_795_478_400_001],
    ["request_mac", Buffer.alloc(32)],
    ["mac", Buffer.alloc(32)],
  ])("threat 104: is not believed when %s was edited in the database", async (column, value) => {
    await save(`edited/${column}`, "v", column);
    editDatabase(`UPDATE idempotency SET ${column} = ? WHERE key = ?`, value, column);
    await expect(save(`edited/${column}`, "v", column)).rejects.toMatchObject({ reason: "INTEGRITY" });
  });

  test("threat 104: is not believed for another caller", async () => {
    await save("moved", "v", "moved");
    editDatabase("UPDATE idempotency SET principal = 'mallory' WHERE key = ?", "moved");
    const mallory = callOf({ slug: "mallory" });
    const request = { secrets: [secret("moved", "v")], remove: [], validateOnly: false, idempotencyKey: "moved" };
    await expect(saveSecrets(core.context, mallory, request)).rejects.toMatchObject({ reason: "INTEGRITY" });
  });
});
