import { Binary, type Db } from "mongodb";
import { requireBytes, requireCount, requireName } from "../../guard.ts";
import type { Store } from "../../store.ts";
import { lastingPurposes, type StoredKey } from "../../stored-key.ts";
import type { RestoreMark } from "../restore/restore-mark.ts";
import { fromKey } from "../rows/documents.ts";
import { factOf, type Named } from "../rows/schema.ts";

export type KeyWriter = Pick<Store, "addKey" | "replaceKeyData" | "removeKey">;

/** Writes the collection of keys. While this process restores, a key is added only under its mark. */
export function createKeyWriter(db: Db, mark: RestoreMark, maxTimeMs: number): KeyWriter {
  const keys = db.collection<Named>("keys");
  const facts = db.collection<Named>("facts");
  // Added in the order of the calls, because the first audit key is the one that remains.
  let last: Promise<unknown> = Promise.resolve();

  async function insert(key: StoredKey): Promise<void> {
    const filter = { _id: { $eq: nameOf(key) } };
    const change = { $setOnInsert: fromKey(key) };
    await mark.holding(async (session) => {
      const options = { ...(session === undefined ? {} : { session }), maxTimeMS: maxTimeMs };
      await keys.updateOne(filter, change, { ...options, upsert: true });
      if (!lastingPurposes.includes(key.purpose)) return;
      // After the key, and deleted before it: after a crash in between, nothing seems to be missing.
      const fact = { _id: { $eq: factOf(nameOf(key)) } };
      await facts.updateOne(fact, { $setOnInsert: { kind: "key" } }, { ...options, upsert: true });
    });
  }

  return {
    async addKey(key) {
      requireCount(key.createdAtMs, "createdAtMs");
      requireKey(key);
      const added = last.then(() => insert(key));
      last = added.catch(() => undefined);
      await added;
    },
    async replaceKeyData(key, former) {
      requireKey(key);
      requireBytes(former, "former");
      const filter = { _id: { $eq: nameOf(key) }, kid: { $eq: key.kid }, data: { $eq: new Binary(former) } };
      const change = { $set: { data: new Binary(key.data) } };
      return (await keys.updateOne(filter, change, { maxTimeMS: maxTimeMs })).matchedCount === 1;
    },
    async removeKey({ kid, purpose }) {
      requireName(kid, "kid");
      requireName(purpose, "purpose");
      const name = nameOf({ kid, purpose });
      const filter = { _id: { $eq: name }, kid: { $eq: kid } };
      if ((await keys.findOne(filter, { projection: { _id: 1 }, maxTimeMS: maxTimeMs })) === null) return;
      await facts.deleteOne({ _id: { $eq: factOf(name) } }, { maxTimeMS: maxTimeMs });
      await keys.deleteOne(filter, { maxTimeMS: maxTimeMs });
    },
  };
}

/** There is one audit key, so it has one name. */
function nameOf({ purpose, kid }: Pick<StoredKey, "purpose" | "kid">): string {
  return purpose === "audit" ? purpose : `${purpose} ${kid}`;
}

function requireKey(key: Pick<StoredKey, "kid" | "purpose" | "data">): void {
  requireName(key.kid, "kid");
  requireName(key.purpose, "purpose");
  requireBytes(key.data, "data");
}
