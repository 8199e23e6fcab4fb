import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { type Document, MongoClient } from "mongodb";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import { schemaVersion } from "../../src/store/mongo/rows/schema.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { findMongod } from "../support/mongo/find-mongod.ts";
import { freePort } from "../support/mongo/free-port.ts";
import { startMongod } from "../support/mongo/mongod-process.ts";
import { type ReplicaSet, startReplicaSet } from "../support/mongo/replica-set.ts";
import { databaseUri } from "../support/mongo/test-database.ts";
import { aJournal } from "../support/store/a-journal.ts";
import { startOldServer } from "../support/store/old-server.ts";

let set: ReplicaSet;
let client: MongoClient;
let uri: string;
let databases = 0;

beforeAll(async () => {
  set = await startReplicaSet({ members: 1 });
  client = await MongoClient.connect(set.uri);
});
afterAll(async () => {
  await client.close();
  await set.stop();
});
beforeEach(() => {
  databases += 1;
  uri = databaseUri(set.uri, `db${databases}`);
});

const database = () => client.db(`db${databases}`);

async function open(address = uri): Promise<void> {
  const store = await openMongoStore({ uri: address, times: { findServerMs: 1_000 } });
  await store.close();
}

/** Opens where it must not open: for the reason that is expected, and without a word of the password. */
async function refusal(address = uri): Promise<string> {
  const error: unknown = await open(address).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof StoreError)) throw new Error("the store was opened");
  expect(error.kind).toBe("unavailable");
  expect(inspect(error, { depth: 10 }) + String(error.stack)).not.toContain("canary");
  return error.message;
}

/** Has the server refuse the next commands of a kind. */
async function failNext(command: string, errorCode: number): Promise<void> {
  const data = { failCommands: [command], errorCode };
  await client.db("admin").command({ configureFailPoint: "failCommand", mode: "alwaysOn", data });
  onTestFinished(async () => {
    await client.db("admin").command({ configureFailPoint: "failCommand", mode: "off" });
  });
}

const unauthorized = 13;

describe("a store in MongoDB is refused", () => {
  test("threat 100: on a standalone server", async () => {
    const folder = mkdtempSync(join(tmpdir(), "standalone-"));
    const alone = await startMongod({
      binary: await findMongod(),
      port: await freePort(),
      folder,
      replicaSet: undefined,
      temporaryFolder: folder,
    });
    onTestFinished(async () => {
      await alone.kill();
      rmSync(folder, { recursive: true, force: true });
    });
    expect(await refusal(`mongodb://127.0.0.1:${alone.port}/db`)).toMatch(/standalone server.*rs\.initiate\(\)/);
    const named = await refusal(`mongodb://127.0.0.1:${alone.port}/db?replicaSet=rs0`);
    expect(named).toMatch(/standalone server.*--replSet.*rs\.initiate\(\)/);
  });

  test("threat 100: when it may not make its indexes, and only then", async () => {
    await open();
    await failNext("createIndexes", unauthorized);
    await open();
    await database().collection("secrets").dropIndex("visible_names");
    expect(await refusal()).toMatch(
      /not allow.* make the indexes visible_names of its collection 'secrets'.*role readWrite/,
    );
  });

  test.each([
    ["find", /not allow the service to read its collections/],
    ["findAndModify", /not allow the service to write to its collections/],
    ["listCollections", /not allow the service to list its collections/],
    ["listIndexes", /not allow the service to list the indexes/],
  ])("threat 100: when it may not do %s", async (command, message) => {
    await failNext(command, unauthorized);
    expect(await refusal()).toMatch(message);
  });

  test("on a version that is too old", async () => {
    const old = await startOldServer("5.0.31");
    onTestFinished(() => old.stop());
    expect(await refusal(old.uri)).toBe("MongoDB has version 5.0.31; the service needs 6.0 or newer");
  });

  test("threat 307: behind a router, which names no elections, with a journal of access", async () => {
    const asked = await startOldServer("6.0.5", "router");
    onTestFinished(() => asked.stop());
    const journal = aJournal();
    onTestFinished(() => journal.remove());
    const times = { findServerMs: 1_000 };
    const opening = openMongoStore({ uri: asked.uri, times, journal });
    await expect(opening).rejects.toThrow(/behind a router \(mongos\).*set SECRET_SVC_AUDIT_SYNC=full/);
    // Without one the router is asked for more than this one can answer.
    await expect(openMongoStore({ uri: asked.uri, times })).rejects.not.toThrow("mongos");
  });

  test("threat 100: where nothing answers, naming the place", async () => {
    const port = await freePort();
    const message = await refusal(`mongodb://svc:canary@127.0.0.1:${port}/db`);
    expect(message).toContain(`MongoDB cannot be reached at 127.0.0.1:${port}`);
  });

  test("threat 100: with a wrong password", async () => {
    const host = `127.0.0.1:${set.members[0]?.port}`;
    expect(await refusal(`mongodb://svc:canary@${host}/db`)).toMatch(
      `MongoDB at ${host} rejects the user name or the password in the address`,
    );
  });

  test.each([
    "mongodb://svc:canary@word@127.0.0.1/db",
    "mongodb://svc:canary/word@127.0.0.1/db",
    "mongodb://svc:canary%zz@127.0.0.1/db",
    "mongodb://svc:canary@127.0.0.1/db?canary=1",
    "mongodb://svc:canary@127.0.0.1/db?authMechanism=canary",
    "mongodb://svc:canary@[::canary/db",
  ])("with an address that cannot be read: %s", async (address) => {
    expect(await refusal(address)).toMatch(/^the MongoDB address cannot be read; it looks like mongodb:/);
  });
});

test("an address whose hosts cannot be looked up names the place", async () => {
  expect(await refusal("mongodb+srv://svc:canary@nowhere/db")).toContain("nowhere");
});

describe("a database is refused", () => {
  test("with another schema version", async () => {
    await open();
    await database()
      .collection<Document & { _id: string }>("meta")
      .updateOne({ _id: "schema" }, { $set: { version: 99 } });
    expect(await refusal()).toContain(
      `the database has schema version 99; this program needs ${schemaVersion}: a newer version of secret-svc wrote it; start that version`,
    );
  });

  test("that another program uses, and is left alone", async () => {
    await database().collection("secrets").insertOne({ theirs: true });
    expect(await refusal()).toMatch(/belongs to another program: it has a collection 'secrets'/);
    expect((await database().collections()).map(({ collectionName }) => collectionName)).toEqual(["secrets"]);
  });

  test("threat 100: with an index that is not the one that the service makes", async () => {
    await open();
    await database().collection("secrets").dropIndex("key");
    await database().collection("secrets").createIndex({ tenant: 1, key: 1 }, { name: "key" });
    expect(await refusal()).toMatch(
      /index 'key' of the collection 'secrets' is not the one .* drop it and start again/,
    );
  });

  test("threat 100: with an index that leaves out other records than the service's", async () => {
    await open();
    await open();
    const access = database().collection("access");
    await access.dropIndex("action");
    const key = { tenant: 1, action: 1, timeMs: -1, _id: -1 } as const;
    await access.createIndex(key, { name: "action", partialFilterExpression: { action: { $gt: "u" } } });
    expect(await refusal()).toMatch(/index 'action' of the collection 'access' is not the one/);
  });

  test("with a collection that does not compare by bytes", async () => {
    await database().createCollection("tokens", { collation: { locale: "en", strength: 2 } });
    expect(await refusal()).toMatch(/collection 'tokens' is a view or has a collation/);
  });
});

test("any number of processes may make the indexes at once, and a missing one is made again", async () => {
  await Promise.all(Array.from({ length: 5 }, () => open()));
  await database().collection("history").dropIndex("version");
  await open();
  const indexes = await database().collection("history").indexes();
  expect(indexes).toContainEqual(expect.objectContaining({ name: "version", unique: true }));
});
