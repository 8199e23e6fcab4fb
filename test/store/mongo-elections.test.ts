import { MongoClient } from "mongodb";
import { expect, onTestFinished, test } from "vitest";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import { createTestDatabase } from "../support/mongo/test-database.ts";
import { begin } from "../support/store/begin.ts";
import { failPointOf } from "../support/store/fail-point.ts";
import { aCommit, aSecret, tenant } from "../support/store/rows.ts";

test("reads that are refused in the middle of an election are unavailable, and those after it work", async () => {
  const database = await createTestDatabase();
  const client = await MongoClient.connect(database.uri);
  const store = await openMongoStore({ uri: database.uri });
  onTestFinished(async () => {
    await store.close();
    await client.close();
    await database.drop();
  });
  await begin(store);
  const secret = aSecret("alice/A");
  await store.commitSecrets(aCommit([secret]));
  const page = { tenant, right: "any", prefix: "", glob: undefined, after: "", limit: 10, scanLimit: 100 } as const;
  const reads = () => [
    store.findSecrets({ tenant, keys: [secret.key], visibleTo: "everyone" }),
    store.listSecrets({ ...page, visibleTo: "everyone" }),
    store.listNames({ ...page, visibleTo: ["alice"] }),
    store.findUser(tenant, "alice"),
    store.newestChanges([{ tenant, name: secret.key, action: "secret.", isVersioned: true }], 1),
  ];
  const failPoint = failPointOf(client);
  const notWritablePrimary = 10_107;
  // What the driver keeps of the first refusal is compared with the others.
  await failPoint.on(["find", "aggregate"], { errorCode: notWritablePrimary }, 24);
  for (let round = 0; round < 4; round += 1) {
    for (const outcome of await Promise.allSettled(reads())) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ kind: "unavailable" });
    }
  }
  await failPoint.off();
  for (const read of reads()) await read;
});
