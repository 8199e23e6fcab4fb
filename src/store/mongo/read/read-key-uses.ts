import { type AggregateOptions, type Collection, type Db, type Document, ObjectId } from "mongodb";
import { limits } from "../../../limits.ts";
import { requireCount, requireName, requireText } from "../../guard.ts";
import type { KeyedKind, KeyedPage, KeyUse, RewrappableKind, RewrappableRows } from "../../rewrappable-rows.ts";
import type { Store } from "../../store.ts";
import { toPermit, toSecret, toToken, toUser } from "../rows/documents.ts";
import { kidIndex } from "../rows/schema.ts";

export type KeyUseReader = Pick<Store, "countByKey" | "listUnderKey">;

const kinds: readonly KeyedKind[] = ["secrets", "history", "users", "tokens", "permits", "idempotency"];

/**
 * Finds what depends on a keyring key, through the indexes by kid. Each kind has the name of its collection. `more`:
 * options of a session, such as that of a snapshot.
 */
export function createKeyUseReader(db: Db, maxTimeMs: number, more: AggregateOptions = {}): KeyUseReader {
  const options = { ...more, hint: kidIndex.name, maxTimeMS: maxTimeMs };

  /** Counts entries of the index; no document is read. */
  async function countOf(kind: KeyedKind, nowMs: number): Promise<KeyUse[]> {
    const live = kind === "idempotency" ? [{ $match: { createdAtMs: { $gt: nowMs - limits.idempotencyMs } } }] : [];
    const stages = [{ $match: { kid: { $gt: "" } } }, ...live, { $group: { _id: "$kid", rows: { $sum: 1 } } }];
    const found = await db.collection(kind).aggregate<{ _id: string; rows: number }>(stages, options).toArray();
    return found.map(({ _id: kid, rows }) => ({ kind, kid, rows }));
  }

  async function page<T>(
    kind: RewrappableKind,
    toRow: (document: Document) => T,
    kid: string,
    after: string,
    limit: number,
  ) {
    if (limit === 0) return { rows: [], next: undefined };
    const collection: Collection<Document> = db.collection(kind);
    const from = after === "" ? {} : { _id: { $gt: new ObjectId(after) } };
    const found = await collection
      .find({ kid: { $eq: kid }, ...from }, { ...options, sort: { _id: 1 }, limit })
      .toArray();
    const last = found.at(-1);
    return { rows: found.map(toRow), next: found.length < limit ? undefined : String(last?._id) };
  }

  const pages: {
    readonly [Kind in RewrappableKind]: (
      kid: string,
      after: string,
      limit: number,
    ) => Promise<KeyedPage<RewrappableRows[Kind]>>;
  } = {
    secrets: (...at) => page("secrets", toSecret, ...at),
    history: (...at) => page("history", toSecret, ...at),
    users: (...at) => page("users", toUser, ...at),
    tokens: (...at) => page("tokens", toToken, ...at),
    permits: (...at) => page("permits", toPermit, ...at),
  };

  return {
    async countByKey(nowMs) {
      requireCount(nowMs, "nowMs");
      return (await Promise.all(kinds.map((kind) => countOf(kind, nowMs)))).flat();
    },
    async listUnderKey(kind, kid, after, limit) {
      requireName(kid, "kid");
      requireText(after, "after");
      requireCount(limit, "limit");
      return pages[kind](kid, after, limit);
    },
  };
}
