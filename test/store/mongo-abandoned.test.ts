import { MongoClient } from "mongodb";
import { expect, it, onTestFinished } from "vitest";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import { createTestDatabase } from "../support/mongo/test-database.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aSecret, nextVersion } from "../support/store/rows.ts";

it("threat 95: a transaction that a dead process left open does not keep others from writing", async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const store = await openMongoStore({ uri: database.uri });
  onTestFinished(() => store.close());
  await begin(store);
  const secret = aSecret("left/KEY");
  await store.commitSecrets(aCommit([secret]));

  const client = await MongoClient.connect(database.uri, { appName: "secret-svc" });
  onTestFinished(() => client.close());
  const session = client.startSession();
  session.startTransaction();
  const { tenant, key } = secret;
  await client
    .db()
    .collection("secrets")
    .updateOne({ tenant, key }, { $set: { version: 99 } }, { session });

  expect(await store.commitSecrets(aCommit([nextVersion(secret)]))).toEqual({ status: "committed" });
  await expect(session.commitTransaction()).rejects.toThrow(/aborted|NoSuchTransaction/);
});
