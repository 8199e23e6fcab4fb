import { randomUUID } from "node:crypto";
import { MongoClient } from "mongodb";
import { inject } from "vitest";
import { collections, type Named, schemaVersion } from "../../../src/store/mongo/rows/schema.ts";

/** A database of its own on the server that all tests of a run share. */
export interface TestDatabase {
  /** With the name of the database in it, as `SECRET_SVC_STORE` takes it. */
  readonly uri: string;
  readonly name: string;
  drop(): Promise<void>;
}

/**
 * Names a new, empty database on the server that `MONGODB_URI` names, else on a single-node replica set that this
 * starts at its first use in a run. The caller calls `drop` at the end.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env.MONGODB_URI ?? (await startShared());
  const name = `secret_svc_test_${randomUUID().replaceAll("-", "")}`;
  const uri = databaseUri(server, name);
  return {
    uri,
    name,
    drop: async () => {
      const client = new MongoClient(uri);
      try {
        await client.db().dropDatabase();
      } finally {
        await client.close();
      }
    },
  };
}

type Place = Pick<TestDatabase, "uri" | "name">;

/** Databases of this process with nothing but collections, indexes and the schema version in them. */
const emptied: Place[] = [];

/**
 * A database that is new, or that another test of this process has used: to empty collections, and to open them, takes
 * a tenth of the time that it takes to create them with their indexes. For tests that do not change indexes, and do not
 * look at how a database is created. The server drops the last ones when it ends.
 */
export async function borrowTestDatabase(): Promise<TestDatabase> {
  const { uri, name } = emptied.pop() ?? (await createTestDatabase());
  return { uri, name, drop: () => giveBack({ uri, name }) };
}

async function giveBack(place: Place): Promise<void> {
  const client = new MongoClient(place.uri, { maxPoolSize: 1, writeConcern: { w: 1 } });
  const db = client.db();
  try {
    const found = await db.listCollections({}, { nameOnly: true }).toArray();
    const names = new Set(found.map(({ name }) => name));
    if (Object.keys(collections).some((name) => !names.has(name))) {
      await db.dropDatabase();
      return;
    }
    names.delete("meta");
    for (const name of names) await db.collection(name).deleteMany({});
    const made = { _id: "schema", version: schemaVersion, migratingTo: { $exists: false } };
    // The last one waits for those before it.
    await db.collection<Named>("meta").deleteMany({ $nor: [made] }, { writeConcern: { w: "majority" } });
    emptied.push(place);
  } finally {
    await client.close();
  }
}

/** The same server, and this database. Credentials go on being looked up where they were. */
export function databaseUri(server: string, name: string): string {
  const found = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/([^?]*))?(\?.*)?$/.exec(server);
  if (found === null) throw new Error("MONGODB_URI is not a mongodb:// address");
  const [, hosts = "", database = "", query = ""] = found;
  const isSource = database !== "" && !/[?&]authSource=/.test(query);
  const source = isSource ? `${query === "" ? "?" : "&"}authSource=${database}` : "";
  return `${hosts}/${name}${query}${source}`;
}

async function startShared(): Promise<string> {
  const response = await fetch(inject("mongoStarter"));
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
