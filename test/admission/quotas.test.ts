import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createQuotas } from "../../src/admission/quotas.ts";
import { defaultQuotas, limits } from "../../src/limits.ts";
import { encodeOwnQuotas } from "../../src/rules/quota.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { Store } from "../../src/store/store.ts";
import { begin } from "../support/store/begin.ts";
import { tenant } from "../support/store/rows.ts";

let store: Store;
let directory: string;
let nowMs = 0;
let revision = 0;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "quotas-"));
  store = await openSqliteStore({ directory, auditSync: "process" });
  await begin(store);
  nowMs = 0;
  revision = 0;
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const open = () => createQuotas({ store, defaults: defaultQuotas, monotonicMs: () => nowMs });

async function set(quotas: string): Promise<void> {
  const commit = { tenant, expectedRevision: revision, users: [], tokens: [], audit: [], quotas };
  expect(await store.commitIdentity(commit)).toBe("committed");
  revision += 1;
}

test("fault A3: a tenant has the limits of the settings, and in their place those that were set for it", async () => {
  const quotas = open();
  expect(await quotas.of(tenant)).toEqual(defaultQuotas);
  await set(encodeOwnQuotas({ userSecrets: 3, tenantBytes: 0 }));
  quotas.forget(tenant);
  expect(await quotas.of(tenant)).toEqual({ ...defaultQuotas, userSecrets: 3, tenantBytes: 0 });
  expect(await quotas.ownOf(tenant)).toEqual({ userSecrets: 3, tenantBytes: 0 });
  expect(await quotas.of("other")).toEqual(defaultQuotas);
  await set("");
  quotas.forget(tenant);
  expect(await quotas.of(tenant)).toEqual(defaultQuotas);
});

test("fault A3: a change that another process made is in force after five seconds", async () => {
  const quotas = open();
  await quotas.of(tenant);
  await set(encodeOwnQuotas({ userTokens: 1 }));
  nowMs = 4_999;
  expect((await quotas.of(tenant)).userTokens).toBe(defaultQuotas.userTokens);
  nowMs = 5_000;
  expect((await quotas.of(tenant)).userTokens).toBe(1);
});

test("fault A3: limits that were edited into something else count as not set", async () => {
  const quotas = open();
  for (const text of ["not json", "null", "[]", '{"userSecrets":-1,"userBytes":"many","userTokens":1.5,"other":3}']) {
    await set(text);
    quotas.forget(tenant);
    expect(await quotas.of(tenant)).toEqual(defaultQuotas);
  }
});

test("fault A3: a look-up that failed is made again", async () => {
  let isBroken = true;
  const findQuotas = async () => {
    if (isBroken) throw new Error("the store does not answer");
    return undefined;
  };
  const quotas = createQuotas({ store: { findQuotas }, defaults: defaultQuotas, monotonicMs: () => 0 });
  await expect(quotas.of(tenant)).rejects.toThrow("does not answer");
  isBroken = false;
  expect(await quotas.of(tenant)).toEqual(defaultQuotas);
});

test("fault A3: answers that are stored for idempotency keys are limited for each user, and the room comes back", () => {
  const quotas = open();
  const half = limits.answersBytes / 2;
  expect(quotas.takeAnswer(tenant, "alice", half)).toBe(0);
  expect(quotas.takeAnswer(tenant, "alice", half)).toBe(0);
  expect(quotas.takeAnswer(tenant, "alice", half)).toBe(limits.idempotencyMs / 2);
  expect(quotas.takeAnswer(tenant, "bob", half)).toBe(0);
  expect(quotas.takeAnswer("other", "alice", half)).toBe(0);
  nowMs = limits.idempotencyMs / 2;
  expect(quotas.takeAnswer(tenant, "alice", half)).toBe(0);
  expect(quotas.takeAnswer(tenant, "alice", 1)).toBeGreaterThan(0);
});
