import { type Db, MongoClient } from "mongodb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import type { Named } from "../../src/store/mongo/rows/schema.ts";
import type { Store } from "../../src/store/store.ts";
import { createTestDatabase, type TestDatabase } from "../support/mongo/test-database.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aRecord, aSecret, aToken, aUser, tenant } from "../support/store/rows.ts";

let database: TestDatabase;
let client: MongoClient;
let db: Db;
let store: Store | undefined;

beforeEach(async () => {
  database = await createTestDatabase();
  client = await MongoClient.connect(database.uri);
  db = client.db();
});
afterEach(async () => {
  await store?.close();
  store = undefined;
  await client.close();
  await database.drop();
});

async function open(): Promise<Store> {
  store = await openMongoStore({ uri: database.uri });
  return store;
}

const changed = { kind: "unavailable", fault: "changed" };
const commit = () => aCommit([aSecret("a/A")], { audit: [aRecord()] });

describe("fault B4: what undoes writes in MongoDB", () => {
  it.each<[string, (db: Db) => Promise<unknown>, string]>([
    [
      "a validator",
      (of) => of.command({ collMod: "tokens", validator: { revokedAtMs: { $eq: 0 } } }),
      "the collection 'tokens' has the option validator",
    ],
    [
      "an index that deletes",
      (of) => of.collection("history").createIndex({ at: 1 }, { name: "ttl", expireAfterSeconds: 0 }),
      "the index 'ttl' of 'history' deletes documents",
    ],
    [
      "an index that refuses",
      (of) => of.collection("secrets").createIndex({ owner: 1 }, { name: "one", unique: true }),
      "the index 'one' of 'secrets' refuses documents",
    ],
    [
      "a collection that drops its oldest documents",
      async (of) => {
        await of.collection("processes").drop();
        await of.createCollection("processes", { capped: true, size: 4096 });
      },
      "the collection 'processes' has the option capped",
    ],
  ])("%s: the service does not start, and says what it is", async (_what, change, named) => {
    await (await open()).close();
    await change(db);
    await expect(open()).rejects.toMatchObject({ ...changed, message: expect.stringContaining(named) });
  });

  it("added while the service runs is found by the next look, and until it is gone nothing is written", async () => {
    const running = await open();
    await begin(running);
    const token = aToken("tok_1");
    const create = { tenant, expectedRevision: 0, users: [aUser("alice")], tokens: [token], audit: [aRecord()] };
    expect(await running.commitIdentity(create)).toBe("committed");
    expect(await running.changedLayout()).toEqual([]);
    await db.command({ collMod: "tokens", validator: { revokedAtMs: { $eq: 0 } } });
    // Before the look, the write fails by itself, and says why.
    const revoke = { ...create, expectedRevision: 1, users: [], tokens: [{ ...token, revokedAtMs: 1 }] };
    await expect(running.commitIdentity(revoke)).rejects.toMatchObject(changed);
    expect(await running.changedLayout()).toEqual(["the collection 'tokens' has the option validator"]);
    await expect(running.commitSecrets(commit())).rejects.toMatchObject(changed);
    await expect(running.appendAccess([aRecord()])).rejects.toMatchObject(changed);
    await expect(running.probe()).rejects.toMatchObject(changed);
    await db.command({ collMod: "tokens", validator: {}, validationLevel: "off" });
    expect(await running.changedLayout()).toEqual([]);
    expect(await running.commitIdentity(revoke)).toBe("committed");
    await running.probe();
  });

  it("leaves alone what does no harm: other collections, views and indexes", async () => {
    await (await open()).close();
    await db.createCollection("more", { capped: true, size: 4096 });
    await db.createCollection("shown", { viewOn: "secrets", pipeline: [] });
    await db.collection("secrets").createIndex({ owner: 1 });
    const running = await open();
    await begin(running);
    expect(await running.commitSecrets(commit())).toEqual({ status: "committed" });
  });
});

describe("fault B6: a probe of MongoDB", () => {
  it("leaves nothing but a count, and is repeated once a commit has failed", async () => {
    const running = await open();
    await begin(running);
    await running.probe();
    await running.probe();
    const probes = async () => (await db.collection<Named>("meta").findOne({ _id: "probes" }))?.count;
    expect(await probes()).toBe(1);
    for (const name of ["secrets", "history", "users", "tokens", "idempotency", "changes"]) {
      expect(await db.collection(name).countDocuments(), name).toBe(0);
    }
    await db.command({ collMod: "secrets", validator: { owner: { $eq: "nobody" } } });
    await expect(running.commitSecrets(commit())).rejects.toMatchObject(changed);
    await expect(running.probe()).rejects.toMatchObject(changed);
    await db.command({ collMod: "secrets", validator: {}, validationLevel: "off" });
    await running.probe();
    expect(await probes()).toBe(2);
    expect(await running.commitSecrets(commit())).toEqual({ status: "committed" });
  });
});
