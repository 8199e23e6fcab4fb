import { MongoClient } from "mongodb";
import { expect, onTestFinished, test } from "vitest";
import { migrateDatabase } from "../../src/store/mongo/migrations/migrate.ts";
import { migrationSteps } from "../../src/store/mongo/migrations/steps.ts";
import { schemaVersion } from "../../src/store/mongo/rows/schema.ts";
import { createTestDatabase } from "../support/mongo/test-database.ts";
import { startServer } from "../support/server-process.ts";

test("a newer version migrates while two older processes run: they end, and the step runs after that", async () => {
  const database = await createTestDatabase();
  const client = await MongoClient.connect(database.uri);
  onTestFinished(async () => {
    await client.close();
    await database.drop();
  });
  const env = { SECRET_SVC_STORE: database.uri, OB_ENCRYPTION_KEY: Buffer.alloc(32, 0x33).toString("base64") };
  const older = [await startServer({ env }), await startServer({ env })];
  const processes = client.db().collection("processes");
  expect(await processes.countDocuments()).toBe(2);
  const counts: number[] = [];
  const next = {
    version: schemaVersion + 1,
    run: async () => void counts.push(await processes.countDocuments()),
  };
  await migrateDatabase(client.db(), { maxTimeMs: 5_000, steps: [...migrationSteps, next] });
  expect(counts).toEqual([0]);
  for (const process of older) {
    expect(await process.ended).toBe(1);
    expect(process.output()).toContain(
      `error: this process ends: the database is being migrated to the schema version ${schemaVersion + 1}, and this program needs ${schemaVersion}`,
    );
    await process.stop();
  }
  await expect(startServer({ env })).rejects.toThrow(
    `has schema version ${schemaVersion + 1}; this program needs ${schemaVersion}: a newer version`,
  );
});
