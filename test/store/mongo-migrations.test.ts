import { join } from "node:path";
import { type Document, MongoClient } from "mongodb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrateDatabase } from "../../src/store/mongo/migrations/migrate.ts";
import type { MigrationStep } from "../../src/store/mongo/migrations/step.ts";
import { migrationSteps } from "../../src/store/mongo/migrations/steps.ts";
import { openMongoStore } from "../../src/store/mongo/open.ts";
import { collections, oldestSchemaVersion, schemaVersion } from "../../src/store/mongo/rows/schema.ts";
import { versionBytes, wholeTenant } from "../../src/store/usage.ts";
import { loadDump } from "../support/mongo/dump.ts";
import { createTestDatabase, type TestDatabase } from "../support/mongo/test-database.ts";
import { begin } from "../support/store/begin.ts";
import { aCommit, aLists, aSecret, tenant } from "../support/store/rows.ts";

type Named = Document & { _id: string };

let database: TestDatabase;
let client: MongoClient;

beforeEach(async () => {
  database = await createTestDatabase();
  client = await MongoClient.connect(database.uri);
});
afterEach(async () => {
  await client.close();
  await database.drop();
});

const db = () => client.db();
const meta = () => db().collection<Named>("meta");
const load = () => loadDump(db(), join(import.meta.dirname, "../vectors/stores/7c1a95c/mongodb/dump"));
const open = async (migrates = true) => (await openMongoStore({ uri: database.uri, migrates })).close();
const times = { leaseMs: 1_000, pollMs: 10, endMs: 300 };
const migrate = (steps: readonly MigrationStep[] = migrationSteps, more = {}) =>
  migrateDatabase(db(), { maxTimeMs: 5_000, steps, times: { ...times, ...more } });
const layout = () => meta().findOne({ _id: "schema" });

/** A process of the service on the database; `undefined`: of a version that names no schema version. */
const heartbeat = (id: string, version: number | undefined) =>
  db()
    .collection<Named>("processes")
    .updateOne(
      { _id: id },
      { $set: { kids: [], ...(version === undefined ? {} : { layout: version }) }, $currentDate: { seenAt: true } },
      { upsert: true },
    );

describe("migrating MongoDB", () => {
  test("has a step for each schema version, without a gap, and ends at the one of this program", () => {
    const made = migrationSteps.map(({ version }) => version);
    expect(made).toEqual(
      Array.from({ length: schemaVersion - oldestSchemaVersion }, (_, at) => oldestSchemaVersion + 1 + at),
    );
  });

  test("makes the same collections and indexes as a new database has, and writes down each key", async () => {
    await load();
    await open();
    expect(await layout()).toEqual({ _id: "schema", version: schemaVersion });
    expect(await meta().findOne({ _id: "migration" })).toBeNull();
    const names = (await db().listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    expect(names.sort()).toEqual(Object.keys(collections).sort());
    const facts = await db().collection<Named>("facts").find().sort({ _id: 1 }).toArray();
    const keys = await db()
      .collection<Named>("keys")
      .find({ purpose: { $ne: "keyring" } })
      .sort({ _id: 1 })
      .toArray();
    expect(facts.map(({ _id }) => _id)).toEqual(keys.map(({ _id }) => `key ${_id}`));
    expect(facts.length).toBe(2);
  });

  test("counts what users and tenants have stored, and a second time the same", async () => {
    await load();
    await migrate();
    await meta().updateOne({ _id: "schema" }, { $set: { version: 2 } });
    await open();
    const store = await openMongoStore({ uri: database.uri });
    const counted = await store.listUsage({ tenant: "", slug: "" }, 100);
    const names = await db().collection("secrets").find().project({ tenant: 1, key: 1 }).toArray();
    const full = new Map<string, { secrets: number; bytes: number }>();
    for (const { tenant, key } of names) {
      const [current] = await store.findSecrets({ tenant, keys: [key], visibleTo: "everyone" });
      for (const slug of [current?.owner, wholeTenant]) {
        const sum = full.get(`${tenant}/${slug}`) ?? { secrets: 0, bytes: 0 };
        full.set(`${tenant}/${slug}`, sum);
        if (current?.removed === false) sum.secrets += 1;
        for (const version of await store.listHistory(tenant, key)) sum.bytes += versionBytes(version);
      }
    }
    await store.close();
    expect(names.length).toBeGreaterThan(0);
    expect(counted.map(({ tenant, slug }) => `${tenant}/${slug}`)).toEqual([...full.keys()].sort());
    for (const { tenant, slug, ...usage } of counted) expect(usage).toEqual(full.get(`${tenant}/${slug}`));
  });

  test("is done once, however many processes start at the same time", async () => {
    await load();
    let runs = 0;
    const counted = migrationSteps.map((step) => ({
      ...step,
      run: (context: Parameters<typeof step.run>[0]) => {
        runs += 1;
        return step.run(context);
      },
    }));
    await Promise.all(Array.from({ length: 4 }, () => migrate(counted)));
    expect(runs).toBe(migrationSteps.length);
    expect(await layout()).toEqual({ _id: "schema", version: schemaVersion });
  });

  test("goes on after a process ended in the middle of a step", async () => {
    await load();
    const halfway = migrationSteps.map((step) => ({
      ...step,
      run: async (context: Parameters<typeof step.run>[0]) => {
        await step.run(context);
        throw new Error("the process ends here");
      },
    }));
    await expect(migrate(halfway)).rejects.toMatchObject({ name: "StoreError" });
    expect(await layout()).toEqual({ _id: "schema", version: 1, migratingTo: schemaVersion });
    await expect(open(false)).rejects.toThrow("start 'secret-svc serve' of this version");
    await migrate();
    expect(await layout()).toEqual({ _id: "schema", version: schemaVersion });
    await open();
  });

  test("waits for the lock of a process that ended without releasing it, and no longer", async () => {
    await load();
    await meta().insertOne({ _id: "migration", holder: "killed", seenAt: new Date() });
    await migrate(migrationSteps, { leaseMs: 400 });
    expect(await layout()).toEqual({ _id: "schema", version: schemaVersion });
  });

  test("a step that lost the lock does not go on", async () => {
    await load();
    const slow: MigrationStep = {
      version: 2,
      async run({ hold }) {
        await meta().updateOne({ _id: "migration" }, { $set: { holder: "another" } });
        for (;;) {
          hold();
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
    };
    await expect(migrate([slow], { leaseMs: 200 })).rejects.toThrow("another process has taken it over");
    expect(await layout()).toMatchObject({ version: 1 });
  });

  test("does not begin while a process of an older version runs, and leaves the database to it", async () => {
    await load();
    await heartbeat("old", undefined);
    await expect(migrate()).rejects.toThrow(/processes of an older version still run on it \(1\): stop them/);
    expect(await layout()).toEqual({ _id: "schema", version: 1 });
  });

  test("a process that was killed counts as running only for a while", async () => {
    await load();
    await heartbeat("killed", undefined);
    await migrate(migrationSteps, { leaseMs: 300, endMs: 10_000 });
    expect(await layout()).toEqual({ _id: "schema", version: schemaVersion });
  });
});

describe("migrating schema version 8 of MongoDB", () => {
  const indexNames = async () => (await db().collection("secrets").indexes()).map(({ name }) => String(name)).sort();
  const ofNewDatabase = ["_id_", ...(collections.secrets ?? []).map(({ name }) => name)].sort();
  const aQuery = { tenant, right: "any", prefix: "", glob: undefined, after: "", limit: 10, scanLimit: 100 } as const;

  /** Leaves a database as version 8 had it, with two secrets. */
  async function makeVersion8(): Promise<void> {
    const store = await openMongoStore({ uri: database.uri });
    await begin(store);
    const lists = aLists({ readers: ["bob"] });
    await store.commitSecrets(aCommit([aSecret("a", { lists }), aSecret("b", { lists })]));
    await store.close();
    const secrets = db().collection("secrets");
    for (const name of ["live_names", "visible_names", "readable_names"]) await secrets.dropIndex(name);
    await secrets.createIndexes([
      { name: "live", key: { tenant: 1, removed: 1, key: 1 } },
      { name: "visible", key: { tenant: 1, removed: 1, visibleTo: 1, key: 1 } },
      { name: "readable", key: { tenant: 1, removed: 1, readers: 1, key: 1 } },
    ]);
    await meta().updateOne({ _id: "schema" }, { $set: { version: 8 } });
  }

  test("replaces the indexes, and finds what was there", async () => {
    await makeVersion8();
    await open();
    expect(await layout()).toEqual({ _id: "schema", version: schemaVersion });
    expect(await indexNames()).toEqual(ofNewDatabase);
    const store = await openMongoStore({ uri: database.uri });
    for (const visibleTo of ["everyone", ["bob"], ["bob", "team"]] as const) {
      expect((await store.listNames({ ...aQuery, visibleTo })).names.map(({ key }) => key)).toEqual(["a", "b"]);
    }
    await store.close();
  });

  test("builds the new indexes before processes of the older version have to end", async () => {
    await makeVersion8();
    await heartbeat("old", 8);
    await expect(migrate()).rejects.toThrow("processes of an older version still run on it (1)");
    expect(await layout()).toEqual({ _id: "schema", version: 8 });
    expect(await indexNames()).toEqual([...ofNewDatabase, "live", "readable", "visible"].sort());
    await db().collection("processes").deleteMany({});
    await migrate();
    expect(await indexNames()).toEqual(ofNewDatabase);
  });

  test("waits on for an index that takes longer than the driver waits", async () => {
    await makeVersion8();
    const appName = "an-index-that-takes-long";
    const impatient = await MongoClient.connect(database.uri, { appName, socketTimeoutMS: 250 });
    await client.db("admin").command({
      configureFailPoint: "failCommand",
      mode: { times: 2 },
      data: { failCommands: ["createIndexes"], blockConnection: true, blockTimeMS: 1_000, appName },
    });
    await migrateDatabase(impatient.db(), { maxTimeMs: 5_000 });
    await impatient.close();
    expect(await indexNames()).toEqual(ofNewDatabase);
  });

  test("makes no collection of secrets where it is missing", async () => {
    await makeVersion8();
    await db().dropCollection("secrets");
    await expect(open()).rejects.toThrow("the collections 'secrets' are missing");
  });
});

describe("a process", () => {
  const aProcess = { id: "p1", kids: ["k1"] };

  test("fault B12: that is older than its database is refused with advice", async () => {
    await open();
    await meta().updateOne({ _id: "schema" }, { $set: { version: schemaVersion + 1 } });
    await expect(open()).rejects.toThrow(
      `the database has schema version ${schemaVersion + 1}; this program needs ${schemaVersion}: a newer version of secret-svc wrote it; start that version`,
    );
  });

  test("fault B12: that only uses an older database learns who migrates it", async () => {
    await load();
    await expect(open(false)).rejects.toThrow(
      new RegExp(`has schema version 1; this program needs ${schemaVersion}: .*start 'secret-svc serve'`),
    );
    expect(await layout()).toEqual({ _id: "schema", version: 1 });
  });

  test.each([
    ["has been migrated", { version: schemaVersion + 1 }, /a newer version of secret-svc wrote it/],
    ["is being migrated", { migratingTo: schemaVersion + 1 }, /is being migrated to the schema version/],
  ])("notices at its next heartbeat that the database %s, and sends no other one", async (_what, change, message) => {
    const store = await openMongoStore({ uri: database.uri });
    await store.keepProcess(aProcess);
    await meta().updateOne({ _id: "schema" }, { $set: change });
    await expect(store.keepProcess({ id: "p2", kids: [] })).rejects.toThrow(message);
    expect(await db().collection("processes").countDocuments()).toBe(1);
    await store.removeProcess("p1");
    await store.close();
  });
});

describe("fault B2: what is missing from a database", () => {
  test.each(Object.keys(collections).filter((name) => name !== "meta"))("the collection %s", async (name) => {
    await open();
    await db().dropCollection(name);
    await expect(open()).rejects.toThrow(`the database is incomplete: the collections '${name}' are missing`);
    const names = (await db().listCollections({}, { nameOnly: true }).toArray()).map((found) => found.name);
    expect(names).not.toContain(name);
  });

  test("the collection meta, which says that the others are ours", async () => {
    await load();
    await db().dropCollection("meta");
    await expect(open()).rejects.toThrow(/its collection 'meta' was dropped: restore a backup/);
  });

  test.each(["audit", "sealing"])("the stored %s key", async (purpose) => {
    await load();
    await open();
    await db().collection("keys").deleteMany({ purpose });
    await expect(open()).rejects.toThrow(
      new RegExp(`the stored keys '${purpose}.*' are missing from the collection 'keys'`),
    );
  });

  test("a collection of the version before, which no migration makes anew", async () => {
    await load();
    await db().dropCollection("users");
    await expect(open()).rejects.toThrow("the collections 'users' are missing");
    expect(await layout()).toMatchObject({ version: 1 });
  });

  test("nothing: a key that is removed is not missed", async () => {
    await load();
    const store = await openMongoStore({ uri: database.uri, migrates: true });
    const sealing = (await store.listKeys()).find(({ purpose }) => purpose === "sealing");
    if (sealing === undefined) throw new Error("the dump has a sealing key");
    await store.removeKey(sealing);
    await store.close();
    await open();
  });
});
