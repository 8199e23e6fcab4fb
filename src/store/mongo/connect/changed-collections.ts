import type { Db, Document } from "mongodb";
import { collections } from "../rows/schema.ts";

/** Options that the service does not set, and with which a collection loses, refuses or hides documents. */
const harmfulOptions = [
  "validator",
  "capped",
  "collation",
  "timeseries",
  "clusteredIndex",
  "viewOn",
  "expireAfterSeconds",
];

/**
 * What someone changed on the collections of the service: views, validators, limits of size, indexes that delete or
 * refuse documents. Empty when nothing is.
 */
export async function changedCollections(db: Db, maxTimeMS: number): Promise<readonly string[]> {
  const found = await db.listCollections({}, { maxTimeMS }).toArray();
  const ours = (found as Document[]).filter(({ name }) => Object.hasOwn(collections, name));
  const problems = ours.flatMap(({ name, type, options }) => problemsOf(name, type, options ?? {}));
  const plain = ours.filter(({ type }) => type === "collection").map(({ name }) => String(name));
  const ofIndexes = await Promise.all(plain.map((name) => indexProblems(db, name, maxTimeMS)));
  return [...problems, ...ofIndexes.flat()].sort();
}

function problemsOf(name: string, type: string, options: Document): string[] {
  if (type !== "collection") return [`the collection '${name}' is a ${type}`];
  return harmfulOptions
    .filter((option) => isSet(options[option]))
    .map((option) => `the collection '${name}' has the option ${option}`);
}

function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

async function indexProblems(db: Db, name: string, maxTimeMS: number): Promise<string[]> {
  const ours = new Map((collections[name] ?? []).map((index) => [index.name, index]));
  const found = await db.collection(name).listIndexes({ maxTimeMS }).toArray();
  return (found as Document[]).flatMap((index) => {
    if (index.expireAfterSeconds !== undefined) return [`the index '${index.name}' of '${name}' deletes documents`];
    if (index.unique !== true || ours.get(index.name)?.unique === true) return [];
    return [`the index '${index.name}' of '${name}' refuses documents`];
  });
}
