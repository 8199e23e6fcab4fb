import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BSON, MongoClient } from "mongodb";
import type { TestService } from "./fixture.ts";

/** Collects what is written to standard error until it is released. The text is still written. */
export function watchStderr(): { text(): string; release(): void } {
  const { stderr } = process;
  const original = stderr.write;
  let seen = "";
  const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    seen += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("latin1");
    return Reflect.apply(original, stderr, [chunk, ...rest]);
  };
  stderr.write = write as typeof stderr.write;
  return {
    text: () => seen,
    release: () => {
      stderr.write = original;
    },
  };
}

/** Which files of the data folder, and collections of MongoDB, hold any of these texts. */
export async function storedWith({ dataDir, store }: TestService, texts: readonly string[]): Promise<string[]> {
  const found = filesWith(dataDir, texts);
  if (store.mongoUri === undefined) return found;
  const client = await MongoClient.connect(store.mongoUri);
  try {
    for (const collection of await client.db().collections()) {
      const documents = await collection.find().toArray();
      const bytes = Buffer.concat(documents.map((document) => BSON.serialize(document)));
      if (texts.some((text) => bytes.includes(text))) found.push(collection.collectionName);
    }
    return found;
  } finally {
    await client.close();
  }
}

/** Which files of a data folder, write-ahead logs included, hold any of these texts. */
export function filesWith(folder: string, texts: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const bytes = readFileSync(path);
      return texts.some((text) => bytes.includes(text));
    });
}
