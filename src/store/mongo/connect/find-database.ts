import { type Db, type MongoClient, MongoServerError } from "mongodb";
import { StoreError } from "../../store-error.ts";
import type { Named } from "../rows/schema.ts";

/** Used when the address does not name a database. */
const defaultDatabase = "secret_svc";

/** What the driver assumes when the address does not name one. */
const defaultOfDriver = "test";

/**
 * The database that the address names. Until version 0.1.0 a database named `test` was not used: the data went to
 * `secret_svc`. Such an installation is refused, because it would look like a new and empty one. Throws `StoreError`.
 */
export async function findDatabase(client: MongoClient, uri: string, maxTimeMS: number): Promise<Db> {
  const name = client.options.dbName;
  if (name !== defaultOfDriver) return client.db(name);
  if (!namesDatabase(uri)) return client.db(defaultDatabase);
  const [named, former] = [client.db(name), client.db(defaultDatabase)];
  if (!(await isOurs(named, maxTimeMS)) && (await isOurs(former, maxTimeMS))) {
    throw new StoreError(
      "unavailable",
      `the MongoDB address names the database '${name}', but the data is in '${defaultDatabase}': earlier versions ` +
        `stored it there; write ${defaultDatabase} in the address, or another name than ${name} for a new store`,
    );
  }
  return named;
}

/** Whether there is a path after the hosts. A user name or a password cannot contain a slash. */
function namesDatabase(uri: string): boolean {
  return /^mongodb(?:\+srv)?:\/\/[^/?]*\/[^?]/.test(uri);
}

async function isOurs(db: Db, maxTimeMS: number): Promise<boolean> {
  const unauthorized = 13;
  try {
    return (await db.collection<Named>("meta").findOne({ _id: { $eq: "schema" } }, { maxTimeMS })) !== null;
  } catch (error) {
    // The service's user may use one of them only.
    if (error instanceof MongoServerError && error.code === unauthorized) return false;
    throw error;
  }
}
