import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import type { ServerFacts } from "../../src/store/server-facts.ts";
import { findMongod } from "../support/mongo/find-mongod.ts";
import { freePort } from "../support/mongo/free-port.ts";
import { type MongodProcess, startMongod } from "../support/mongo/mongod-process.ts";
import { createTestDatabase } from "../support/mongo/test-database.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-svc-mongo-"));
const root = { user: "root", pwd: "password-of-root" };
const service = { user: "service", pwd: "password-of-service" };
let guarded: MongodProcess;
let host: string;

/** A server with access control, and a user with just the role that the service needs. */
beforeAll(async () => {
  const keyFile = join(folder, "key");
  writeFileSync(keyFile, "aKeyThatMembersShare", { mode: 0o600 });
  const port = await freePort();
  const binary = await findMongod();
  guarded = await startMongod({
    binary,
    port,
    folder: join(folder, "data"),
    replicaSet: "rs0",
    temporaryFolder: folder,
    keyFile,
  });
  host = `127.0.0.1:${port}`;
  // Until there is a user, anyone on the machine may make one.
  const stranger = new MongoClient(`mongodb://${host}/?directConnection=true`);
  await stranger.db("admin").command({ replSetInitiate: { _id: "rs0", members: [{ _id: 0, host }] } });
  const isPrimary = async () => (await stranger.db("admin").command({ hello: 1 })).isWritablePrimary === true;
  await vi.waitUntil(isPrimary, { timeout: 60_000 });
  await stranger.db("admin").command({ createUser: root.user, pwd: root.pwd, roles: ["root"] });
  await stranger.close();
  const admin = new MongoClient(`mongodb://${root.user}:${root.pwd}@${host}/admin?directConnection=true`);
  await admin.db("guarded").command({ createUser: service.user, pwd: service.pwd, roles: ["readWrite"] });
  await admin.close();
});
afterAll(async () => {
  await guarded.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function describeServer(
  uri: string,
  acknowledgedBy: "majority" | "primary" = "majority",
): Promise<ServerFacts | undefined> {
  const store = await openMongoStore({ uri, acknowledgedBy });
  try {
    return await store.describeServer();
  } finally {
    await store.close();
  }
}

const safe = {
  authenticates: true,
  encrypted: false,
  isLocal: true,
  acknowledgedByMajority: true,
  majorityIsDurable: true,
};

test("a server with access control is known as such, by a user who may ask nothing and by one who may ask everything", async () => {
  for (const [{ user, pwd }, source] of [
    [service, "guarded"],
    [root, "admin"],
  ] as const) {
    const uri = `mongodb://${user}:${pwd}@${host}/guarded?replicaSet=rs0&authSource=${source}`;
    expect(await describeServer(uri)).toMatchObject(safe);
  }
});

test("a server that lets everyone in, and writes that only the primary acknowledges", async () => {
  const { uri, drop } = await createTestDatabase();
  try {
    const found = await describeServer(uri);
    expect(found?.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(found).toMatchObject({ ...safe, authenticates: false });
    expect(await describeServer(uri, "primary")).toMatchObject({ acknowledgedByMajority: false });
  } finally {
    await drop();
  }
});
