import { MongoClient } from "mongodb";
import { expect, onTestFinished, test } from "vitest";
import { limits } from "../../src/limits.ts";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import { type OpenedStore, openAgain, storeContract } from "../suites/store/contract.ts";
import { borrowTestDatabase } from "../support/mongo/test-database.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, anIdempotencyRecord, aSecret, nextVersion, startMs } from "../support/store/rows.ts";

async function openTemporary(): Promise<OpenedStore> {
  const database = await borrowTestDatabase();
  return openAgain(() => openMongoStore({ uri: database.uri }), database.drop);
}

storeContract("mongodb", openTemporary);

test("drops what is no longer retained: versions of a secret, and records of requests after 24 hours", async () => {
  const database = await borrowTestDatabase();
  const store = await openMongoStore({ uri: database.uri });
  const client = await MongoClient.connect(database.uri);
  onTestFinished(async () => {
    await client.close();
    await database.drop();
  });
  await begin(store);
  let secret = aSecret("alice/A");
  await store.commitSecrets(aCommit([secret]));
  for (let version = 2; version <= limits.historyVersions + 3; version += 1) {
    secret = nextVersion(secret);
    await store.commitSecrets(aCommit([secret]));
  }
  for (const [at, createdAtMs] of [startMs, startMs + 1, startMs + limits.idempotencyMs].entries()) {
    const idempotency = anIdempotencyRecord({ key: `key-${at}`, createdAtMs });
    await store.commitSecrets(aCommit([aSecret(`alice/${at}`)], { idempotency }));
  }
  await store.close();
  const versions = await client.db().collection("history").distinct("version", { key: "alice/A" });
  expect(versions).toEqual(Array.from({ length: limits.historyVersions }, (_, at) => at + 4));
  expect(await client.db().collection("idempotency").distinct("key")).toEqual(["key-1", "key-2"]);
});
