import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BSON, type Db, type Document, type IndexDescriptionInfo } from "mongodb";

// A database as files: a line of canonical extended JSON for each document, and one file of what makes each collection.

interface Made {
  readonly options: Document;
  readonly indexes: readonly IndexDescriptionInfo[];
}

const collectionsFile = "collections.json";

/** Writes every collection to a folder. */
export async function dumpDatabase(db: Db, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const made: Record<string, Made> = {};
  const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();
  for (const name of names) {
    const collection = db.collection(name);
    made[name] = { options: await collection.options(), indexes: await collection.indexes() };
    const documents = await collection.find({}, { sort: { _id: 1 }, promoteValues: false }).toArray();
    const lines = documents.map((document) => `${BSON.EJSON.stringify(document, { relaxed: false })}\n`);
    writeFileSync(join(folder, `${name}.jsonl`), lines.join(""));
  }
  writeFileSync(join(folder, collectionsFile), `${JSON.stringify(made, undefined, 2)}\n`);
}

/** Makes the collections of a dump in an empty database. */
export async function loadDump(db: Db, folder: string): Promise<void> {
  const made: Record<string, Made> = JSON.parse(readFileSync(join(folder, collectionsFile), "utf8"));
  for (const [name, { options, indexes }] of Object.entries(made)) {
    const collection = await db.createCollection(name, options);
    const own = indexes.filter((index) => index.name !== "_id_");
    if (own.length > 0)
      await collection.createIndexes(own.map(({ v, ...index }) => ({ ...index, name: String(index.name) })));
    const lines = readFileSync(join(folder, `${name}.jsonl`), "utf8")
      .split("\n")
      .slice(0, -1);
    const documents = lines.map((line) => BSON.EJSON.parse(line, { relaxed: false }) as Document);
    if (documents.length > 0) await collection.insertMany(documents);
  }
  const files = readdirSync(folder).filter((file) => file.endsWith(".jsonl"));
  if (files.length !== Object.keys(made).length) throw new Error(`${folder} is not a whole dump`);
}
