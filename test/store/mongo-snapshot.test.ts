import { MongoClient } from "mongodb";
import { expect, onTestFinished, test } from "vitest";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import { openMongoSnapshot } from "../../src/store/mongo/restore/open-snapshot.ts";
import { schemaVersion } from "../../src/store/mongo/rows/schema.ts";
import { NoStoreError } from "../../src/store/store-error.ts";
import { createTestDatabase } from "../support/mongo/test-database.ts";

async function aDatabase() {
  const database = await createTestDatabase();
  const client = await MongoClient.connect(database.uri);
  onTestFinished(async () => {
    await client.close();
    await database.drop();
  });
  return { uri: database.uri, db: client.db() };
}

test("a snapshot can be had right after the collections were made", async () => {
  const { uri, db } = await aDatabase();
  await (await openMongoStore({ uri })).close();
  await db.collection("tokens").insertOne({ kid: "0123456789abcdef" });
  const snapshot = await openMongoSnapshot(uri);
  let found = 0;
  for await (const _ of snapshot.secrets()) found += 1;
  expect(await snapshot.countByKey(Date.now())).toEqual([{ kind: "tokens", kid: "0123456789abcdef", rows: 1 }]);
  await snapshot.close();
  expect(found).toBe(0);
});

test("a database without data of the service, or of another version, is refused and stays as it is", async () => {
  const { uri, db } = await aDatabase();
  await expect(openMongoSnapshot(uri)).rejects.toThrow(
    new NoStoreError("there is no data of the service in the database"),
  );
  expect(await db.listCollections().toArray()).toEqual([]);
  await (await openMongoStore({ uri })).close();
  await db.collection<{ _id: string }>("meta").updateOne({ _id: "schema" }, { $set: { version: 999 } });
  await expect(openMongoSnapshot(uri)).rejects.toThrow(
    `the database has schema version 999; this program needs ${schemaVersion}: a newer version of secret-svc wrote it`,
  );
});
