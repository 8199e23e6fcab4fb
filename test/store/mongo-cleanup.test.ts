import { setTimeout as delay } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { expect, onTestFinished, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { type CommitCleanup, createCommitCleanup } from "../../src/store/mongo/commit/commit-cleanup.ts";
import type { StoredSecret } from "../../src/store/secret-rows.ts";
import { createTestDatabase } from "../support/mongo/test-database.ts";
import { aCommit, anIdempotencyRecord, aSecret, startMs, tenant } from "../support/store/rows.ts";

const retained = limits.historyVersions;

/** A database with versions 1 to `retained + 3` of these keys, what is deleted in it, and a cleanup. */
async function prepare(keys: readonly string[], pauseMs: number, mark = { isTaken: () => false }) {
  const database = await createTestDatabase();
  const client = await MongoClient.connect(database.uri, { monitorCommands: true });
  onTestFinished(async () => {
    await client.close();
    await database.drop();
  });
  const history = client.db().collection("history");
  await history.createIndex({ tenant: 1, key: 1, version: -1 }, { name: "version", unique: true });
  await client.db().collection("idempotency").createIndex({ createdAtMs: 1 }, { name: "age" });
  const versions = Array.from({ length: retained + 3 }, (_, at) => at + 1);
  await history.insertMany(
    keys.flatMap((key) => versions.map((version) => ({ tenant, key, version, createdAtMs: startMs }))),
  );
  const deletions: string[] = [];
  client.on("commandStarted", ({ commandName, command }) => {
    if (commandName === "delete") deletions.push(command.delete);
  });
  const cleanup = createCommitCleanup(client.db(), mark, 5_000, pauseMs);
  onTestFinished(() => cleanup.close());
  const oldest = async (key: string) => (await history.find({ key }).sort({ version: 1 }).next())?.version;
  return { cleanup, deletions, oldest };
}

function saved(cleanup: CommitCleanup, key: string, version: number, fields: Partial<StoredSecret> = {}): void {
  cleanup.after(aCommit([aSecret(key, { version, ...fields })]));
}

test("what many commits made obsolete is deleted at once", async () => {
  const { cleanup, deletions, oldest } = await prepare(["a", "b"], 20);
  for (let version = 1; version <= retained + 3; version += 1)
    for (const key of ["a", "b"]) saved(cleanup, key, version);
  while ((await oldest("b")) !== 4) await delay(5);
  expect(await oldest("a")).toBe(4);
  expect(deletions).toEqual(["history"]);
  saved(cleanup, "a", retained + 4);
  while ((await oldest("a")) !== 5) await delay(5);
  expect(deletions).toEqual(["history", "history"]);
});

test("at the end, what has not been deleted yet is", async () => {
  const { cleanup, deletions, oldest } = await prepare(["a"], 60_000);
  saved(cleanup, "a", retained + 3);
  const idempotency = anIdempotencyRecord({ createdAtMs: startMs + limits.idempotencyMs });
  cleanup.after(aCommit([], { idempotency }));
  expect(await oldest("a")).toBe(1);
  await cleanup.close();
  expect(await oldest("a")).toBe(4);
  expect(deletions.sort()).toEqual(["history", "idempotency"]);
});

test("two secrets that had one key, one after the other, are distinguished", async () => {
  const { cleanup, oldest } = await prepare(["a"], 60_000);
  saved(cleanup, "a", retained + 3, { createdAtMs: startMs - 1 });
  await cleanup.close();
  expect(await oldest("a")).toBe(1);
});

test("nothing is deleted once this process restores", async () => {
  let isTaken = false;
  const { cleanup, deletions, oldest } = await prepare(["a"], 60_000, { isTaken: () => isTaken });
  saved(cleanup, "a", retained + 3);
  isTaken = true;
  await cleanup.close();
  expect(await oldest("a")).toBe(1);
  expect(deletions).toEqual([]);
});
