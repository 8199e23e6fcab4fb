import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { openSqliteSnapshot } from "../../src/store/sqlite/open-snapshot.ts";
import type { Store } from "../../src/store/store.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, anIdempotencyRecord, aRecord, aSecret, nextVersion, tenant } from "../support/store/rows.ts";

let directory: string;
let store: Store;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "purge-"));
  store = await openSqliteStore({ directory, auditSync: "process" });
  await begin(store);
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

/** Where in the files of the secrets a part of these bytes can be read. A long envelope lies on several pages. */
function placesOf(bytes: Uint8Array): string[] {
  const part = bytes.subarray(0, 33);
  return ["secrets.db", "secrets.db-wal"].filter((name) => readFileSync(join(directory, name)).includes(part));
}

/** A small envelope, and one that takes pages of its own. */
const envelopes = [60, 20_000].map((size, at) => Buffer.alloc(size, `envelope-${at}-`));

async function saveAndPurge(envelope: Uint8Array, key: string, keepCurrent: boolean): Promise<void> {
  const secret = aSecret(key, { envelope });
  await store.commitSecrets(aCommit([secret, aSecret(`${key}/neighbour`)], { audit: [aRecord()] }));
  expect(placesOf(envelope)).not.toEqual([]);
  await store.commitSecrets(aCommit([nextVersion(secret)], { audit: [aRecord()] }));
  const purges = [{ key, version: 2, keepCurrent }];
  const purge = { tenant, changes: [], purges, audit: [aRecord()], idempotency: undefined };
  expect(await store.commitSecrets(purge)).toEqual({ status: "committed" });
}

it.each([false, true])(
  "fault B8: a purge leaves nothing to read in the file or its log (old versions: %s)",
  async (keepCurrent) => {
    for (const [at, envelope] of envelopes.entries()) {
      await saveAndPurge(envelope, `a/${at}`, keepCurrent);
      expect(placesOf(envelope)).toEqual([]);
    }
  },
);

it("fault B8: a backup that reads an older state delays it, and the next write makes up for it", async () => {
  const [envelope = new Uint8Array()] = envelopes;
  await store.commitSecrets(aCommit([aSecret("a/FIRST")]));
  const snapshot = await openSqliteSnapshot(directory);
  await saveAndPurge(envelope, "a/KEY", false);
  expect(placesOf(envelope)).toEqual(["secrets.db-wal"]);
  await snapshot.close();
  await store.commitSecrets(aCommit([aSecret("a/LAST")]));
  expect(placesOf(envelope)).toEqual([]);
});

it("fault B8: versions beyond the history and expired idempotency records leave nothing in the file", async () => {
  const [envelope = new Uint8Array()] = envelopes;
  let secret = aSecret("a/KEY", { envelope });
  const idempotency = anIdempotencyRecord({ answer: "answer-of-long-ago" });
  await store.commitSecrets(aCommit([secret], { idempotency }));
  for (let version = 2; version < 13; version += 1) {
    secret = nextVersion(secret);
    await store.commitSecrets(aCommit([secret]));
  }
  const later = { ...anIdempotencyRecord({ key: "later" }), createdAtMs: idempotency.createdAtMs + 25 * 3_600_000 };
  await store.commitSecrets(aCommit([], { idempotency: later }));
  await store.close();
  for (const bytes of [envelope, Buffer.from("answer-of-long-ago")]) {
    expect(readFileSync(join(directory, "secrets.db")).includes(bytes)).toBe(false);
  }
  store = await openSqliteStore({ directory, auditSync: "process" });
});

it("fault B8: a sealing key that is destroyed is in neither the file nor its log", async () => {
  const data = Buffer.alloc(120, "private-key-");
  const key = { kid: "0123456789abcdef", purpose: "sealing" } as const;
  await store.addKey({ ...key, data, createdAtMs: 0 });
  expect(placesOf(data)).not.toEqual([]);
  expect(await store.replaceKeyData({ ...key, data: new Uint8Array(0) }, data)).toBe(true);
  expect(placesOf(data)).toEqual([]);
});
