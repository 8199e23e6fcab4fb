import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { ChainedRecord } from "../../src/audit/record.ts";
import { limits } from "../../src/limits.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import type { Store } from "../../src/store/store.ts";
import { compileCache } from "../support/compile-cache.ts";
import { sampleRandom } from "../support/random-draws.ts";
import { crashKeys } from "../support/store/crash-keys.ts";
import { tenant } from "../support/store/rows.ts";
import { verifiedChains } from "../support/store/verified-chains.ts";

/** After how many acknowledgements: from right after the start to well into the work. */
const moments = sampleRandom(
  fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 7, arbitrary: fc.nat(79) }),
  20,
);

interface Acknowledged {
  readonly mark: string;
  readonly written?: readonly { key: string; version: number; removed: boolean }[];
  readonly recorded?: true;
}

/**
 * Runs the writers and kills them after `count` acknowledgements; answers these and what else was printed until then.
 */
async function runUntilKilled(directory: string, count: number): Promise<Acknowledged[]> {
  const script = join(import.meta.dirname, "../support/store/crash-writer.ts");
  const child = spawn(process.execPath, [script, directory], {
    env: compileCache,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const acknowledged: Acknowledged[] = [];
  let lines = -1;
  for await (const line of createInterface({ input: child.stdout })) {
    lines += 1;
    if (lines > 0) acknowledged.push(JSON.parse(line));
    if (lines === count) child.kill("SIGKILL");
  }
  const [, signal] = await exited;
  expect(signal).toBe("SIGKILL");
  return acknowledged;
}

/** Everything that must hold of a store after a crash, whatever was under way. */
async function check(store: Store, acknowledged: readonly Acknowledged[]): Promise<void> {
  const records = (await verifiedChains(store)).flat();
  const changes = records.filter((record) => record.action === "secret.save");
  const changeOf = new Map(changes.map((record) => [`${record.key} ${record.version}`, record]));
  expect(changeOf.size).toBe(changes.length);
  checkAcknowledged(acknowledged, changeOf, records);
  for (const key of [...crashKeys.contended, ...crashKeys.batches.flat(), ...crashKeys.flipping]) {
    await checkSecret(store, key, changeOf, acknowledged);
  }
  for (const keys of crashKeys.batches) await checkBatch(store, keys);
}

function checkAcknowledged(
  acknowledged: readonly Acknowledged[],
  changeOf: ReadonlyMap<string, ChainedRecord>,
  records: readonly ChainedRecord[],
): void {
  const recorded = new Set(records.filter(({ action }) => action === "secret.read").map(({ requestId }) => requestId));
  for (const { mark, written = [], recorded: isRecorded } of acknowledged) {
    for (const { key, version } of written) expect(changeOf.get(`${key} ${version}`)?.requestId).toBe(mark);
    if (isRecorded) expect(recorded).toContain(mark);
  }
}

async function checkSecret(
  store: Store,
  key: string,
  changeOf: ReadonlyMap<string, ChainedRecord>,
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  const [secret] = await store.findSecrets({ tenant, keys: [key], visibleTo: "everyone" });
  const history = await store.listHistory(tenant, key);
  const version = secret?.version ?? 0;
  const written = acknowledged.flatMap((line) => line.written ?? []).filter((item) => item.key === key);
  for (const item of written) {
    expect(version).toBeGreaterThanOrEqual(item.version);
    const former = history.find(({ version }) => version === item.version);
    if (former !== undefined) expect(former.removed).toBe(item.removed);
  }
  expect(history[0]).toEqual(secret);
  const versions = Array.from({ length: Math.min(version, limits.historyVersions) }, (_, at) => version - at);
  expect(history.map(({ version }) => version)).toEqual(versions);
  for (const former of history) expect(changeOf.get(`${key} ${former.version}`)?.requestId).toBe(markOf(former));
  const recorded = [...changeOf.values()].filter((record) => record.key === key);
  expect(recorded).toHaveLength(version);
  const { secrets } = await store.listSecrets({ ...pageOf, prefix: key });
  expect(secrets).toEqual(secret === undefined || secret.removed ? [] : [secret]);
}

async function checkBatch(store: Store, keys: readonly string[]): Promise<void> {
  const secrets = await store.findSecrets({ tenant, keys, visibleTo: "everyone" });
  expect([0, keys.length]).toContain(secrets.length);
  expect(new Set(secrets.map((secret) => `${secret.version} ${markOf(secret)}`)).size).toBeLessThanOrEqual(1);
  const histories = await Promise.all(keys.map((key) => store.listHistory(tenant, key)));
  expect(new Set(histories.map((history) => history.map(markOf).join())).size).toBe(1);
}

function markOf(secret: StoredSecret): string | undefined {
  return secret.metadata[0]?.[1];
}

const pageOf = {
  tenant,
  visibleTo: "everyone",
  right: "any",
  glob: undefined,
  after: "",
  limit: 10,
  scanLimit: 10,
} as const;

it(`threat 95: ${moments.length} kills under twelve writers lose no acknowledged write and leave no half batch`, async () => {
  const directory = mkdtempSync(join(tmpdir(), "crash-"));
  const acknowledged: Acknowledged[] = [];
  for (const count of moments) {
    // The signal arrives while the next commits are under way.
    acknowledged.push(...(await runUntilKilled(directory, count)));
    const store = await openSqliteStore({ directory, auditSync: "process" });
    try {
      await check(store, acknowledged);
    } finally {
      await store.close();
    }
  }
  expect(acknowledged.length).toBeGreaterThan(moments.length);
  rmSync(directory, { recursive: true });
});
