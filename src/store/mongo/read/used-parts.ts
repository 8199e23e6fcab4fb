import type { Db, Document, Filter } from "mongodb";
import { type StorePart, storeParts } from "../../store-part.ts";
import { markPurposes } from "../../stored-key.ts";

/** The parts that have a document, looked up one after the other in the order that `storeParts` promises. */
export async function findUsedParts(db: Db, maxTimeMS: number): Promise<ReadonlySet<StorePart>> {
  const used = new Set<StorePart>();
  for (const part of storeParts) {
    const filter: Filter<Document> = part === "keys" ? { purpose: { $nin: [...markPurposes] } } : {};
    const name = part === "revisions" ? "identity_revisions" : part;
    const found = await db.collection(name).findOne(filter, { projection: { _id: 1 }, maxTimeMS });
    if (found !== null) used.add(part);
  }
  return used;
}
