import { MongoClient } from "mongodb";
import { afterAll, beforeAll } from "vitest";
import { type ReplicaSet, startReplicaSet } from "../mongo/replica-set.ts";
import { databaseUri } from "../mongo/test-database.ts";
import { type FailPoint, failPointOf } from "./fail-point.ts";

/** A server for one file of tests: the failures that one test asks for would hit the tests of others. */
export interface ServerWithFailPoint {
  /** Nothing of it fails. */
  readonly client: MongoClient;
  readonly failPoint: FailPoint;
  /** One that no one has used. */
  newDatabase(): { readonly name: string; readonly uri: string };
}

/** To be called at the top of a file: it starts before the first test and stops after the last. */
export function serverWithFailPoint(): ServerWithFailPoint {
  let set: ReplicaSet;
  let client: MongoClient;
  let failPoint: FailPoint;
  let databases = 0;
  beforeAll(async () => {
    set = await startReplicaSet({ members: 1 });
    client = await MongoClient.connect(set.uri);
    failPoint = failPointOf(client);
  });
  afterAll(async () => {
    await client.close();
    await set.stop();
  });
  return {
    get client() {
      return client;
    },
    get failPoint() {
      return failPoint;
    },
    newDatabase() {
      databases += 1;
      const name = `db${databases}`;
      return { name, uri: databaseUri(set.uri, name) };
    },
  };
}
