import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { afterAll } from "vitest";
import { describeOldStore, encryptionKey, testOldBackup } from "../suites/old-store.ts";
import { loadDump } from "../support/mongo/dump.ts";
import { createTestDatabase, type TestDatabase } from "../support/mongo/test-database.ts";
import { startServerInProcess } from "../support/server-in-process.ts";

const folder = join(import.meta.dirname, "../vectors/stores/7c1a95c/mongodb");
const databases: TestDatabase[] = [];

async function aDatabase(): Promise<string> {
  const database = await createTestDatabase();
  databases.push(database);
  return database.uri;
}
afterAll(async () => {
  for (const database of databases) await database.drop();
});

describeOldStore("the MongoDB that commit 7c1a95c wrote", folder, async () => {
  const uri = await aDatabase();
  const client = await MongoClient.connect(uri);
  await loadDump(client.db(), join(folder, "dump"));
  await client.close();
  const dataDir = mkdtempSync(join(tmpdir(), "old-store-"));
  cpSync(join(folder, "admin.token"), join(dataDir, "admin.token"));
  const env = { OB_ENCRYPTION_KEY: encryptionKey, SECRET_SVC_STORE: uri };
  const server = await startServerInProcess({ dataDir, env });
  return { ...server, stop: () => server.stop().finally(() => rmSync(dataDir, { recursive: true })) };
});

testOldBackup("the backup that commit 7c1a95c wrote of MongoDB", folder, async () => ({
  SECRET_SVC_STORE: await aDatabase(),
}));
