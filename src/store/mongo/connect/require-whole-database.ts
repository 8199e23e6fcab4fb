import type { Db } from "mongodb";
import { StoreError } from "../../store-error.ts";
import { collections, factOf, type Named } from "../rows/schema.ts";

/**
 * Throws `StoreError` when a collection or a stored key is missing. It notices accidents, such as a dump that was put
 * back in part; an attacker who writes to the database can hide what they removed.
 */
export async function requireWholeDatabase(db: Db, existing: ReadonlySet<string>, maxTimeMS: number): Promise<void> {
  const missing = Object.keys(collections).filter((name) => !existing.has(name));
  if (missing.length > 0) throw incomplete(`the collections '${missing.join("', '")}' are missing`);
  const keys = await missingKeys(db, maxTimeMS);
  if (keys.length > 0)
    throw incomplete(`the stored keys '${keys.join("', '")}' are missing from the collection 'keys'`);
}

/** A process that removes a key deletes its fact first, so what is missing is looked for once more. */
async function missingKeys(db: Db, maxTimeMS: number): Promise<readonly string[]> {
  const first = await factNames(db, maxTimeMS);
  const found = await db
    .collection<Named>("keys")
    .find({}, { projection: { _id: 1 }, maxTimeMS })
    .toArray();
  const there = new Set(found.map(({ _id }) => factOf(_id)));
  const missing = first.filter((name) => !there.has(name));
  if (missing.length === 0) return [];
  const still = new Set(await factNames(db, maxTimeMS));
  return missing.filter((name) => still.has(name)).map((name) => name.slice(factOf("").length));
}

async function factNames(db: Db, maxTimeMS: number): Promise<readonly string[]> {
  const found = await db
    .collection<Named>("facts")
    .find({ kind: { $eq: "key" } }, { maxTimeMS })
    .toArray();
  return found.map(({ _id }) => _id).sort();
}

export function incomplete(what: string): StoreError {
  return new StoreError(
    "unavailable",
    `the database is incomplete: ${what}; put the whole database back from one dump, or restore a backup into a new ` +
      "database with 'secret-svc restore'",
  );
}
