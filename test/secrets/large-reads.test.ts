import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { readBoundedPage } from "../../src/rules/bounded-page.ts";
import type { Context } from "../../src/rules/context.ts";
import { sizeOf } from "../../src/secrets/find-in-parts.ts";
import { listSecrets } from "../../src/secrets/list-secrets.ts";
import { saveSecrets } from "../../src/secrets/save-secrets.ts";
import { callOf, startCore, type TestCore } from "../support/secrets/core.ts";
import { toInput } from "../support/secrets/direct-driver.ts";

let core: TestCore;
const admin = callOf({ slug: "root", admin: true });
const keys = Array.from({ length: 120 }, (_, at) => `large/${String(at).padStart(3, "0")}`);

beforeAll(async () => {
  core = await startCore();
  for (const some of [keys.slice(0, 60), keys.slice(60)]) await save(some, "v".repeat(60_000));
});
afterAll(() => core.close());

function save(some: readonly string[], value: string, context: Context = core.context) {
  const secrets = some.map((key) => toInput({ key, value }));
  return saveSecrets(context, admin, { secrets, remove: [], validateOnly: false, idempotencyKey: "" });
}

/** The real store, and the size of the largest result that it gave. */
function measured(): { readonly context: Context; most(): number } {
  let most = 0;
  const { store } = core.context;
  const findSecrets: typeof store.findSecrets = async (lookup) => {
    const found = await store.findSecrets(lookup);
    most = Math.max(most, sizeOf(found));
    return found;
  };
  return { context: { ...core.context, store: { ...store, findSecrets } }, most: () => most };
}

const everything = { namespace: "", keyPattern: "", state: undefined, pageSize: 0, key: "", id: "" };

/** Pages to the end, as a caller does. */
async function pagesOf(context: Context, names: { keys?: string[]; ids?: string[]; view?: "full" | "metadata" }) {
  const pages = [];
  for (let pageToken = ""; pages.length === 0 || pageToken !== ""; ) {
    const request = { ...everything, keys: [], ids: [], view: undefined, ...names, pageToken };
    const page = await listSecrets(context, admin, request);
    pages.push(page);
    pageToken = page.nextPageToken;
  }
  return pages;
}

const oneRow = 128 * 1024;

test("fault A1: however large the named secrets are, no more of them are in memory than one answer may have", async () => {
  const ids = (await pagesOf(core.context, { keys, view: "metadata" })).flatMap(({ secrets }) =>
    secrets.map(({ secret }) => secret.id),
  );
  expect(ids).toHaveLength(keys.length);
  for (const names of [{ keys: [...keys, "large/gone"] }, { ids: [...ids, "secr_gone"] }]) {
    const { context, most } = measured();
    const pages = await pagesOf(context, names);
    expect(most()).toBeLessThanOrEqual(limits.answerBytes + oneRow);
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.flatMap(({ secrets }) => secrets.map(({ secret }) => secret.key))).toEqual(keys);
    for (const { secrets } of pages) for (const { value } of secrets) expect(value).toHaveLength(60_000);
    const missing = pages.map(({ missingKeys, missingIds }) => [...missingKeys, ...missingIds].length);
    expect(missing).toEqual([...Array(pages.length - 1).fill(0), 1]);
  }
});

test("fault A1: a view without values has no values in memory", async () => {
  const { context, most } = measured();
  const pages = await pagesOf(context, { keys, view: "metadata" });
  expect(pages).toHaveLength(1);
  expect(pages.flatMap(({ secrets }) => secrets.map(({ secret }) => secret.key))).toEqual(keys);
  expect(sizeOf(pages.flatMap(({ secrets }) => secrets.map(({ secret }) => secret)))).toBeLessThan(oneRow);
  expect(most()).toBeLessThanOrEqual(limits.answerBytes + oneRow);
});

test("fault A1: a batch whose stored secrets are too large is refused before all are read, and a part of it is not", async () => {
  const { context, most } = measured();
  await expect(save(keys, "small", context)).rejects.toMatchObject({
    reason: "LIMIT_EXCEEDED",
    failures: [{ limit: limits.batchStoredBytes }],
  });
  expect(most()).toBeLessThanOrEqual(limits.batchStoredBytes + oneRow);
  const results = await save(keys.slice(0, 60), "w".repeat(60_000), context);
  expect(results.map(({ outcome }) => outcome)).toEqual(Array(60).fill("updated"));
});

test("fault A1: pages of large rows are read in parts, end early, and go on where they ended", async () => {
  const rows = Array.from({ length: 900 }, (_, at) => ({ at, texts: [at < 600 ? "x".repeat(8000) : "x"] }));
  const asked: number[] = [];
  const read = async (after: { at: number } | undefined, limit: number) => {
    asked.push(limit);
    const from = after === undefined ? 0 : after.at + 1;
    return rows.slice(from, from + limit);
  };
  const seen: number[] = [];
  let pages = 0;
  for (let last: { at: number } | undefined; pages === 0 || last !== undefined; pages += 1) {
    const start = last;
    const page = await readBoundedPage<(typeof rows)[number]>(
      1000,
      ({ texts }) => texts,
      (after, limit) => read(after ?? start, limit),
    );
    const bytes = page.rows.reduce((sum, { texts }) => sum + (texts[0]?.length ?? 0), 0);
    expect(bytes).toBeLessThanOrEqual(limits.answerBytes + 8000);
    seen.push(...page.rows.map(({ at }) => at));
    last = page.last;
  }
  expect(seen).toEqual(rows.map(({ at }) => at));
  expect(pages).toBe(2);
  expect(Math.max(...asked)).toBe(limits.pageRowsInPart);
});

test("threat 216: calls that wait for the memory of a large list hold nothing of what they have read", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const full = Promise.withResolvers<void>();
  let waiting = 0;
  const grow = () => {
    waiting += 1;
    return full.promise;
  };
  const used = async () => {
    collectGarbage();
    // Buffers are freed in the background.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    return process.memoryUsage().arrayBuffers;
  };
  const before = await used();
  const count = 100;
  const request = { ...everything, keys: [], ids: [], view: "full", namespace: "large", pageToken: "" } as const;
  const lists = Array.from({ length: count }, () => listSecrets(core.context, { ...admin, room: { grow } }, request));
  while (waiting < count) await new Promise((resolve) => setImmediate(resolve));
  // Each has read two secrets of 60 KB.
  expect((await used()) - before).toBeLessThan(count * 60_000);
  full.reject(new Error("the service stops"));
  await Promise.allSettled(lists);
});
