import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { globMatches } from "../../src/text/glob.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aSecret, tenant } from "../support/store/rows.ts";

test("threat 56: the worst glob costs no more than the product of the lengths", () => {
  const glob = `${"a*".repeat(127)}b`;
  const key = "a".repeat(255);
  const start = performance.now();
  for (let i = 0; i < 1_000; i += 1) expect(globMatches(glob, key)).toBe(false);
  // A backtracking matcher would not end in a lifetime.
  expect(performance.now() - start).toBeLessThan(5_000);
});

test("threat 56: a glob made to backtrack is answered at once by the embedded store", async () => {
  const directory = mkdtempSync(join(tmpdir(), "store-"));
  const store = await openSqliteStore({ directory, auditSync: "process" });
  await begin(store);
  const secrets = Array.from({ length: 200 }, (_, at) => aSecret(`alice/${"a".repeat(240)}${at}`));
  await store.commitSecrets(aCommit(secrets));
  const page = {
    tenant,
    visibleTo: "everyone",
    right: "read",
    prefix: "",
    after: "",
    limit: 1000,
    scanLimit: 10_000,
  } as const;
  const startedMs = performance.now();
  expect((await store.listSecrets({ ...page, glob: `${"*a".repeat(120)}*b` })).secrets).toEqual([]);
  expect(performance.now() - startedMs).toBeLessThan(2_000);
  await store.close();
  rmSync(directory, { recursive: true });
});
