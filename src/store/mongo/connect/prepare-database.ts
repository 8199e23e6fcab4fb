import { type Collection, type Db, type Document, MongoServerError } from "mongodb";
import { StoreError } from "../../store-error.ts";
import { collections, type IndexSpec, type Named, schemaVersion } from "../rows/schema.ts";
import { toStoreError } from "./failure.ts";

/**
 * Makes missing collections and indexes, and checks existing ones. Any number of processes may do so at the same time.
 * Throws `StoreError` when the database belongs to another program, or when the service may not make an index that is
 * missing.
 */
export async function prepareDatabase(db: Db): Promise<void> {
  await requireLayout(db);
  await requirePlainCollections(db);
  await Promise.all(Object.entries(collections).map(([name, indexes]) => prepareIndexes(db.collection(name), indexes)));
}

async function requireLayout(db: Db): Promise<void> {
  const meta = db.collection<Named>("meta");
  const filter = { _id: { $eq: "schema" } };
  const found = await doing("read its collections", () => meta.findOne(filter));
  if (found === null && (await db.collection("secrets").findOne({}, { projection: { _id: 1 } })) !== null) {
    throw new StoreError("unavailable", "the database belongs to another program: it has a collection 'secrets'");
  }
  const version =
    found === null
      ? await doing("write to its collections", () =>
          meta.findOneAndUpdate(
            filter,
            { $setOnInsert: { version: schemaVersion } },
            { upsert: true, returnDocument: "after" },
          ),
        )
      : found;
  if (version?.version === schemaVersion) return;
  const shown = Number.isSafeInteger(version?.version) ? version?.version : "unknown";
  const message = `the database has schema version ${shown}; this program needs ${schemaVersion}`;
  throw new StoreError("unavailable", message);
}

/** Keys are compared by their bytes. A collection with a collation of its own would compare them differently. */
async function requirePlainCollections(db: Db): Promise<void> {
  const found = await doing("list its collections", () => db.listCollections().toArray());
  for (const { name, type, options } of found as Document[]) {
    if (!(name in collections)) continue;
    if (type === "collection" && options?.collation === undefined) continue;
    const message = `the collection '${name}' is a view or has a collation; the service needs one as MongoDB makes it`;
    throw new StoreError("unavailable", message);
  }
}

async function prepareIndexes(collection: Collection<Document>, wanted: readonly IndexSpec[]): Promise<void> {
  const { collectionName: name } = collection;
  const missing = missingIndexes(name, wanted, await indexesOf(collection));
  if (missing.length === 0) return;
  const names = missing.map((index) => index.name).join(", ");
  await doing(`make the indexes ${names} of its collection '${name}'`, () => collection.createIndexes([...missing]));
}

async function indexesOf(collection: Collection<Document>): Promise<Document[]> {
  const namespaceNotFound = 26;
  try {
    return await collection.listIndexes().toArray();
  } catch (error) {
    if (error instanceof MongoServerError && error.code === namespaceNotFound) return [];
    throw refusal(`list the indexes of its collection '${collection.collectionName}'`, error);
  }
}

/** The indexes that do not exist. An existing index with the same name that differs is an error. */
function missingIndexes(name: string, wanted: readonly IndexSpec[], found: readonly Document[]): IndexSpec[] {
  return wanted.filter((index) => {
    const same = found.find((candidate) => candidate.name === index.name);
    if (same === undefined) return true;
    const allowed = ["v", "key", "name", "ns", "unique", "background"];
    const isPlain = Object.keys(same).every((option) => allowed.includes(option));
    const isSame = JSON.stringify(same.key) === JSON.stringify(index.key);
    if (isPlain && isSame && Boolean(same.unique) === Boolean(index.unique)) return false;
    throw new StoreError(
      "unavailable",
      `the index '${index.name}' of the collection '${name}' is not the one that the service makes; drop it and start again`,
    );
  });
}

async function doing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusal(what, error);
  }
}

function refusal(what: string, error: unknown): StoreError {
  const unauthorized = 13;
  if (error instanceof MongoServerError && error.code === unauthorized) {
    const message = `MongoDB does not allow the service to ${what}; give its user the role readWrite on the database`;
    return toStoreError("unavailable", message, error);
  }
  return toStoreError("unavailable", `the service could not ${what} in MongoDB`, error);
}
