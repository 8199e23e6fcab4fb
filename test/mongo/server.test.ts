import { MongoClient } from "mongodb";
import { expect, it, onTestFinished } from "vitest";
import { startReplicaSet } from "../support/mongo/replica-set.ts";
import { createTestDatabase, databaseUri } from "../support/mongo/test-database.ts";

it("gives each caller a database of its own on one server, with transactions", async () => {
  const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  onTestFinished(async () => void (await Promise.all([one.drop(), two.drop()])));
  expect(one.uri.replace(one.name, two.name)).toBe(two.uri);
  const client = await MongoClient.connect(one.uri);
  onTestFinished(() => client.close());
  await client.withSession((session) =>
    session.withTransaction(() => client.db().collection("things").insertOne({ name: "first" }, { session })),
  );
  expect(await client.db().collection("things").countDocuments()).toBe(1);
  expect(await client.db(two.name).collection("things").countDocuments()).toBe(0);
});

it("a set of three goes on after the death of its primary, which then comes back", async () => {
  const set = await startReplicaSet({ members: 3 });
  onTestFinished(() => set.stop());
  const first = await set.primary();
  await first.kill();
  expect(first.isRunning).toBe(false);
  const second = await set.primary();
  expect(second.port).not.toBe(first.port);
  await first.start();
  await set.stepDown();
  expect((await set.primary()).port).not.toBe(second.port);
});

it("puts the database into an address and leaves the rest", () => {
  expect(databaseUri("mongodb://a:1,b:2", "x")).toBe("mongodb://a:1,b:2/x");
  expect(databaseUri("mongodb://a:1/?replicaSet=rs0", "x")).toBe("mongodb://a:1/x?replicaSet=rs0");
  expect(databaseUri("mongodb://u:p@a:1/admin?w=1", "x")).toBe("mongodb://u:p@a:1/x?w=1&authSource=admin");
  expect(databaseUri("mongodb+srv://u:p@a/admin", "x")).toBe("mongodb+srv://u:p@a/x?authSource=admin");
  expect(() => databaseUri("http://a", "x")).toThrow("mongodb://");
});
