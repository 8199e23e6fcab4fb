import { type Collection, type Db, type Document, MongoServerError } from "mongodb";
import { StoreError } from "../../store-error.ts";
import { collections, type IndexSpec, type Named, schemaVersion } from "../rows/schema.ts";
import { buildIndexes } from "./build-indexes.ts";
import { toStoreError } from "./failure.ts";
import { canMigrate, type Layout, readLayout, requireLayout } from "./layout.ts";
import { requireWholeDatabase } from "./require-whole-database.ts";

export interface PrepareOptions {
  readonly maxTimeMs: number;
  /** Migrates a database with an older schema version. Undefined: such a database is refused. */
  readonly migrate: (() => Promise<void>) | undefined;
}

/**
 * Makes a new database, migrates one of an older version, checks that nothing is missing, and makes missing indexes.
 * Any number of processes may do so at the same time. Throws `StoreError` when the database belongs to another program
 * or lacks something, or when the service may not make what it has to make.
 */
export async function prepareDatabase(db: Db, { maxTimeMs, migrate }: PrepareOptions): Promise<void> {
  const find = () => doing("read its collections", () => readLayout(db, maxTimeMs));
  const layout = (await find()) ?? (await makeDatabase(db, find));
  if (migrate !== undefined && canMigrate(layout)) await migrate();
  else requireLayout(layout);
  const existing = await requirePlainCollections(db);
  await doing("read its collections", () => requireWholeDatabase(db, existing, maxTimeMs));
  await prepareIndexes(db);
}

/**
 * Writes the schema version last: a database that has it also has every collection, so one that is missing was dropped.
 */
async function makeDatabase(db: Db, find: () => Promise<Layout | undefined>): Promise<Layout> {
  const used = await findUsed(db);
  if (used !== undefined) {
    // Another process may have made the database since.
    const layout = await find();
    if (layout !== undefined) return layout;
    throw new StoreError(
      "unavailable",
      `the database belongs to another program: it has a collection '${used}', and no schema version; if it is the ` +
        "service's own, its collection 'meta' was dropped: restore a backup into a new database",
    );
  }
  await requirePlainCollections(db);
  const withoutIndexes = Object.keys(collections).filter((name) => collections[name]?.length === 0);
  for (const name of withoutIndexes) await makeCollection(db, name);
  await prepareIndexes(db);
  const change = { $setOnInsert: { version: schemaVersion } };
  const filter = { _id: { $eq: "schema" } };
  await doing("write to its collections", () =>
    db.collection<Named>("meta").findOneAndUpdate(filter, change, { upsert: true }),
  );
  const layout = await find();
  if (layout === undefined) throw new StoreError("unavailable", "the database does not have what was written to it");
  return layout;
}

/** A collection of ours that has documents. */
async function findUsed(db: Db): Promise<string | undefined> {
  for (const name of Object.keys(collections)) {
    if (name === "meta") continue;
    const find = () => db.collection(name).findOne({}, { projection: { _id: 1 } });
    if ((await doing("read its collections", find)) !== null) return name;
  }
  return undefined;
}

const namespaceExists = 48;

/** Collections with indexes are made with those, the others by name: a new database has all of them. */
export async function makeCollection(db: Db, name: string): Promise<void> {
  await doing(`make its collection '${name}'`, async () => {
    try {
      await db.createCollection(name);
    } catch (error) {
      if (!(error instanceof MongoServerError && error.code === namespaceExists)) throw error;
    }
  });
}

/**
 * Keys are compared by their bytes. A collection with a collation of its own would compare them differently. Returns
 * the names of all collections.
 */
async function requirePlainCollections(db: Db): Promise<ReadonlySet<string>> {
  const found = await doing("list its collections", () => db.listCollections().toArray());
  for (const { name, type, options } of found as Document[]) {
    if (!(name in collections)) continue;
    if (type === "collection" && options?.collation === undefined) continue;
    const message = `the collection '${name}' is a view or has a collation; the service needs one as MongoDB makes it`;
    throw new StoreError("unavailable", message);
  }
  return new Set(found.map(({ name }) => String(name)));
}

async function prepareIndexes(db: Db): Promise<void> {
  const withIndexes = Object.entries(collections).filter(([, indexes]) => indexes.length > 0);
  // One after the other: processes that start together would otherwise wait for each other's connections.
  for (const [name, indexes] of withIndexes) await prepareIndexesOf(db.collection(name), indexes);
}

async function prepareIndexesOf(collection: Collection<Document>, wanted: readonly IndexSpec[]): Promise<void> {
  const { collectionName: name } = collection;
  const missing = missingIndexes(name, wanted, await indexesOf(collection));
  if (missing.length === 0) return;
  const names = missing.map((index) => index.name).join(", ");
  await doing(`make the indexes ${names} of its collection '${name}'`, () => buildIndexes(collection, missing));
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
    const allowed = ["v", "key", "name", "ns", "unique", "background", "partialFilterExpression"];
    const isPlain = Object.keys(same).every((option) => allowed.includes(option));
    const isSame = (["key", "partialFilterExpression"] as const).every(
      (field) => JSON.stringify(same[field]) === JSON.stringify(index[field]),
    );
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
