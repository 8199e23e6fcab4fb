import { expect, test } from "vitest";
import { createRecentSecrets } from "../../src/store/mongo/commit/recent-secrets.ts";
import { memoryOf } from "../../src/store/secret-rows.ts";
import { aSecret, nextVersion, tenant } from "../support/store/rows.ts";

test("the last version that was written is recalled, as it was written, until it is forgotten", () => {
  const recent = createRecentSecrets();
  const secret = aSecret("a");
  const second = nextVersion(secret);
  recent.add(secret, "op-1");
  recent.add(second, "op-2");
  const envelope = Uint8Array.from(second.envelope);
  second.envelope.fill(0);
  expect(recent.recall(tenant, "a")).toMatchObject({ secret: { ...second, envelope }, operation: "op-2" });
  expect(Object.isFrozen(recent.recall(tenant, "a")?.secret)).toBe(true);
  expect(recent.recall("other", "a")).toBeUndefined();
  recent.add(nextVersion(second, { removed: true }), "op-3");
  expect(recent.recall(tenant, "a")).toBeUndefined();
  recent.add(secret, "op-4");
  recent.forget(secret);
  expect(recent.recall(tenant, "a")).toBeUndefined();
});

test("what another process also writes is not recalled for a second", () => {
  let nowMs = 5_000;
  const recent = createRecentSecrets(() => nowMs);
  const [secret, other] = [aSecret("a"), aSecret("b")];
  recent.add(secret, "op-1");
  recent.add(other, "op-1");
  recent.setAside(secret);
  recent.add(secret, "op-2");
  nowMs += 999;
  expect(recent.recall(tenant, "a")).toBeUndefined();
  expect(recent.recall(tenant, "b")).toBeDefined();
  nowMs += 1;
  expect(recent.recall(tenant, "a")).toMatchObject({ operation: "op-2" });
});

test("fault A2: all of them take no more than 8 MiB and are no more than 10,000; the oldest go first", () => {
  const recent = createRecentSecrets();
  const recalled = (count: number) =>
    Array.from({ length: count }, (_, at) => recent.recall(tenant, `${at}`)).map((found) => found !== undefined);
  const small = { envelope: new Uint8Array(10) };
  for (let at = 0; at < 10_003; at += 1) recent.add(aSecret(`${at}`, small), "op");
  expect(recalled(10_003).indexOf(true)).toBe(3);
  for (let at = 0; at < 400; at += 1) recent.add(aSecret(`${at}`, { envelope: new Uint8Array(30_000) }), "op");
  const found = Array.from({ length: 10_003 }, (_, at) => recent.recall(tenant, `${at}`)?.secret);
  const bytes = found.reduce((sum, secret) => sum + (secret === undefined ? 0 : memoryOf(secret)), 0);
  expect(bytes).toBeGreaterThan(7 * 1024 * 1024);
  expect(bytes).toBeLessThanOrEqual(8 * 1024 * 1024);
  expect(found[399]).toBeDefined();
  expect(found[0]).toBeUndefined();
  recent.add(aSecret("large", { envelope: new Uint8Array(33_000) }), "op");
  expect(recent.recall(tenant, "large")).toBeUndefined();
});
