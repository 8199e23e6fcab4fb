import { type Db, type Document, ObjectId } from "mongodb";
import { requireCount, requireName, requireText } from "../../guard.ts";
import type { IndexEntry } from "../../secret-store.ts";
import type { Store } from "../../store.ts";
import { toSecret } from "../rows/documents.ts";
import { textList } from "../rows/field.ts";
import { secretIndexes } from "../rows/schema.ts";

/** Reads the field `visibleTo`, whose index shows who sees a secret. */
export function createIndexReader(db: Db, maxTimeMS: number): Pick<Store, "listIndex" | "indexOf"> {
  const secrets = db.collection("secrets");
  const projection = { envelope: 0, metadata: 0 } as const;
  return {
    async listIndex(after, limit) {
      requireText(after, "after");
      requireCount(limit, "limit");
      if (limit === 0) return { entries: [], next: undefined };
      const filter = after === "" ? {} : { _id: { $gt: new ObjectId(after) } };
      const found = await secrets.find(filter, { projection, sort: { _id: 1 }, limit, maxTimeMS }).toArray();
      const last = found.length < limit ? undefined : found.at(-1);
      return { entries: found.flatMap(entriesOf), next: last && String(last._id) };
    },
    async indexOf(tenant, key) {
      requireName(tenant, "tenant");
      requireName(key, "key");
      const filter = { tenant: { $eq: tenant }, key: { $eq: key } };
      const found = await secrets.find(filter, { hint: secretIndexes.byKey.name, projection, maxTimeMS }).toArray();
      return found.flatMap(entriesOf);
    },
  };
}

/** A field of another type is one entry for no one, which no secret should have. */
function entriesOf(document: Document): IndexEntry[] {
  const { tenant, key, id, removed, lists } = toSecret(document);
  return (textList(document.visibleTo) ?? [""]).map((identity) => {
    return { tenant, key, id, removed, identity, canRead: lists.readers.includes(identity) };
  });
}
