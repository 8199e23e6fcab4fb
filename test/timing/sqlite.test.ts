import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { expect, onTestFinished, test } from "vitest";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import type { VisibleTo } from "../../src/store/secret-store.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { Store } from "../../src/store/store.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aLists, aRecord, aSecret, nextVersion, tenant } from "../support/store/rows.ts";

async function open({ commitDelayMs }: { readonly commitDelayMs?: number }): Promise<Store> {
  const directory = mkdtempSync(join(tmpdir(), "store-"));
  const delay = commitDelayMs === undefined ? {} : { commitDelayMs };
  const store = await openSqliteStore({ directory, auditSync: "process", ...delay });
  onTestFinished(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  return store;
}

test("a page costs the same however much the caller cannot see, and removed secrets cost nothing", async () => {
  const store = await open({});
  await begin(store);
  const lists = aLists({ readers: ["bob"] });
  const save = async (count: number, make: (at: number) => StoredSecret): Promise<StoredSecret[]> => {
    const secrets = Array.from({ length: count }, (_, at) => make(at));
    expect(await store.commitSecrets(aCommit(secrets))).toEqual({ status: "committed" });
    return secrets;
  };
  const medianMs = async (visibleTo: VisibleTo, glob: string | undefined): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < 31; round += 1) {
      const startedMs = performance.now();
      const page = {
        tenant,
        visibleTo,
        glob,
        right: "read",
        prefix: "",
        after: "",
        limit: 10,
        scanLimit: 100,
      } as const;
      expect((await store.listSecrets(page)).secrets).toHaveLength(10);
      times.push(performance.now() - startedMs);
    }
    return times.sort((a, b) => a - b)[15] ?? 0;
  };
  // The few that are seen come last, after everything that is put in their way.
  await save(10, (at) => aSecret(`z/${at}`, { lists }));
  const quiet = [await medianMs(["bob"], undefined), await medianMs(["bob"], "*/*"), await medianMs("everyone", "*/*")];
  for (let at = 0; at < 20; at += 1) {
    const removed = await save(1000, (item) => aSecret(`r/${at}-${item}`, { lists }));
    await store.commitSecrets(aCommit(removed.map((secret) => nextVersion(secret, { removed: true }))));
  }
  const amongRemoved = await medianMs("everyone", "*/*");
  for (let at = 0; at < 10; at += 1) {
    await save(1000, (item) =>
      aSecret(`a/${at}-${item}`, { lists: aLists({ readers: ["carol"], writers: ["bo", "c"] }) }),
    );
  }
  const busy = [await medianMs(["bob"], undefined), await medianMs(["bob"], "*/*"), amongRemoved];
  // Passing over the other rows would take more than ten times as long.
  for (const [at, ms] of busy.entries()) expect(ms).toBeLessThan(4 * (quiet[at] ?? 0) + 0.2);
});

test("a slow disk does not hold the event loop", async () => {
  const commitDelayMs = 400;
  const store = await open({ commitDelayMs });
  await begin(store);
  let secret = aSecret("alice/A");
  await store.commitSecrets(aCommit([secret]));
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const startedMs = performance.now();
  for (let round = 0; round < 3; round += 1) {
    secret = nextVersion(secret);
    await Promise.all([
      store.commitSecrets(aCommit([secret], { audit: [aRecord()] })),
      ...Array.from({ length: 20 }, () => store.appendAccess([aRecord()])),
    ]);
  }
  delay.disable();
  expect(performance.now() - startedMs).toBeGreaterThan(3 * commitDelayMs);
  // Each of the six waits of the two threads would show as a delay of this length.
  expect(delay.max / 1e6).toBeLessThan(commitDelayMs / 2);
});
