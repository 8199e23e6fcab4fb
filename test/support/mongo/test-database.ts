import { randomUUID } from "node:crypto";
import { MongoClient } from "mongodb";
import { inject } from "vitest";

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

/** Databases of this process with nothing but collections and indexes in them. */
const emptied: Place[] = [];

/**
 * A database without documents, which another test of this process may have used: to empty collections takes a tenth of
 * the time that it takes to create them with their indexes. For tests that do not change indexes, and do not look at
 * how a database is created. The server drops the last ones when it ends.
 */
export async function borrowTestDatabase(): Promise<TestDatabase> {
  const { uri, name } = emptied.pop() ?? (await createTestDatabase());
  return { uri, name, drop: () => giveBack({ uri, name }) };
}

async function giveBack(place: Place): Promise<void> {
  const client = new MongoClient(place.uri);
  try {
    const collections = await client.db().collections();
    await Promise.all(collections.map((collection) => collection.deleteMany({})));
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
