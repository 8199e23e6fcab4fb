import { type AnyBulkWriteOperation, Binary, type Db, type Document } from "mongodb";
import { requireNames } from "../../guard.ts";
import { requireRewrap } from "../../guard-writes.ts";
import type { Rewrap, RewrappableKind } from "../../rewrappable-rows.ts";
import type { Store } from "../../store.ts";
import { historyIndex, kidIndex, permitIndex, secretIndexes, tokenIndexes, userIndex } from "../rows/schema.ts";

const places: {
  readonly [Kind in RewrappableKind]: { readonly name: string; readonly proof: string; readonly hint: string };
} = {
  secrets: { name: "key", proof: "envelope", hint: secretIndexes.byKey.name },
  history: { name: "key", proof: "envelope", hint: historyIndex.name },
  users: { name: "slug", proof: "mac", hint: userIndex.name },
  tokens: { name: "id", proof: "mac", hint: tokenIndexes.byId.name },
  permits: { name: "name", proof: "mac", hint: permitIndex.name },
};

/** Writes rows under another key, outside of transactions. A commit of the same row is waited for, or wins. */
export function createRewrapper(db: Db, maxTimeMs: number): Pick<Store, "rewrap" | "forgetIdempotency"> {
  async function rewrapKind(kind: RewrappableKind, rewraps: readonly Rewrap[]): Promise<number> {
    const updates = rewraps.map((rewrap) => updateOf(kind, rewrap));
    const { matchedCount } = await db.collection(kind).bulkWrite(updates, { ordered: false, maxTimeMS: maxTimeMs });
    return matchedCount;
  }

  return {
    async rewrap(rewraps) {
      for (const rewrap of rewraps) requireRewrap(rewrap);
      let changed = 0;
      for (const [kind, group] of Map.groupBy(rewraps, ({ kind }) => kind)) changed += await rewrapKind(kind, group);
      return changed;
    },
    async forgetIdempotency(kids) {
      requireNames(kids, "kids");
      const options = { hint: kidIndex.name, maxTimeMS: maxTimeMs };
      await db.collection("idempotency").deleteMany({ kid: { $in: [...kids] } }, options);
    },
  };
}

function updateOf(kind: RewrappableKind, rewrap: Rewrap): AnyBulkWriteOperation<Document> {
  const { name, proof, hint } = places[kind];
  const version = kind === "secrets" || kind === "history" ? { version: { $eq: rewrap.version } } : {};
  const named = { tenant: { $eq: rewrap.tenant }, [name]: { $eq: rewrap.name }, ...version };
  const filter = { ...named, [proof]: { $eq: new Binary(rewrap.former) } };
  const refreshToken = rewrap.refreshToken && { refreshToken: new Binary(rewrap.refreshToken) };
  const change = { $set: { kid: rewrap.kid, [proof]: new Binary(rewrap.proof), ...refreshToken } };
  return { updateOne: { filter, update: change, hint } };
}
