import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningServer, startServer } from "../../src/service/server.ts";
import { type ReplicaSet, startReplicaSet } from "../support/mongo/replica-set.ts";
import { databaseUri } from "../support/mongo/test-database.ts";
import { makeDataDir, testConfig } from "../support/secrets/core.ts";

const dataDir = makeDataDir();
let set: ReplicaSet;
let server: RunningServer;

beforeAll(async () => {
  set = await startReplicaSet({ members: 1 });
  server = await startServer({ ...testConfig(dataDir), mongoUri: databaseUri(set.uri, "ready") });
});
afterAll(async () => {
  await server.close();
  await set.stop();
  rmSync(dataDir, { recursive: true });
});

test("readiness follows a database that freezes and comes back", async () => {
  const ready = async () => (await fetch(`${server.url}/readyz`)).status;
  const patience = { timeout: 25_000, interval: 100 };
  expect(await ready()).toBe(200);
  const [member] = set.members;
  member?.pause();
  await expect.poll(ready, patience).toBe(503);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  member?.resume();
  await expect.poll(ready, patience).toBe(200);
});
