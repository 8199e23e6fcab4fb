import type { Collection, Db, Document } from "mongodb";
import type { AuditCheckpoint } from "../../../audit/checkpoint.ts";
import { compareBytes } from "../../../text/byte-order.ts";
import { type AuditQuery, newestFirst } from "../../audit-page.ts";
import { requireAuditQuery, requireCount, requireText } from "../../guard.ts";
import type { Store } from "../../store.ts";
import { recordName, toRecord } from "../rows/audit-row.ts";
import { bytes, count, text } from "../rows/field.ts";
import type { Named } from "../rows/schema.ts";
import { keysMatching, recordFilters } from "./record-filters.ts";

export type AuditReader = Pick<Store, "listAudit" | "listChains" | "readAudit" | "lastPosition" | "listCheckpoints">;

export function createAuditReader(db: Db, maxTimeMs: number): AuditReader {
  const list = async (collection: Collection<Document>, query: AuditQuery) => {
    const keys = query.keyGlob === undefined ? undefined : await keysMatching(collection, query, maxTimeMs);
    const pages = await Promise.all(
      recordFilters(query, keys).map(async ({ filter, hint }) => {
        const sort = { timeMs: -1, _id: -1 } as const;
        return collection.find(filter, { hint, sort, limit: query.limit, maxTimeMS: maxTimeMs }).toArray();
      }),
    );
    return pages.flat().map(toRecord);
  };

  return {
    async listAudit(query) {
      requireAuditQuery(query);
      if (query.limit === 0) return [];
      const sinks = await Promise.all([list(db.collection("changes"), query), list(db.collection("access"), query)]);
      return sinks.flat().sort(newestFirst).slice(0, query.limit);
    },
    async readAudit(sink, after, limit) {
      requireText(after, "after");
      requireCount(limit, "limit");
      if (limit === 0) return { records: [], next: undefined };
      const options = { sort: { _id: 1 }, limit, maxTimeMS: maxTimeMs } as const;
      const found = await db
        .collection<Named>(sink)
        .find({ _id: { $gt: after } }, options)
        .toArray();
      return { records: found.map(toRecord), next: found.length < limit ? undefined : found.at(-1)?._id };
    },
    async lastPosition(sink, chain) {
      requireText(chain, "chain");
      const within = { $gt: recordName(chain, 0), $lte: recordName(chain, Number.MAX_SAFE_INTEGER) };
      const options = { sort: { _id: -1 }, maxTimeMS: maxTimeMs } as const;
      const last = await db.collection<Named>(sink).findOne({ _id: within }, options);
      return last === null ? 0 : toRecord(last).position;
    },
    async listCheckpoints() {
      const found = await db.collection<Named>("checkpoints").find({}, { maxTimeMS: maxTimeMs }).toArray();
      return found.map(toCheckpoint);
    },
    async listChains() {
      const found = await db.collection("chains").find({}, { maxTimeMS: maxTimeMs }).toArray();
      return found.map(toChain).sort((a, b) => a.startedAtMs - b.startedAtMs || compareBytes(a.chain, b.chain));
    },
  };
}

/** An edited document has no MAC, and so does not verify. */
export function toChain(document: Document): Awaited<ReturnType<Store["listChains"]>>[number] {
  return {
    chain: text(document._id) ?? "",
    sink: document.sink === "changes" ? "changes" : "access",
    startedAtMs: count(document.startedAtMs) ?? 0,
    mac: bytes(document.mac) ?? new Uint8Array(0),
  };
}

/** As `toChain`. */
export function toCheckpoint(document: Document): AuditCheckpoint {
  return {
    chain: text(document._id) ?? "",
    sink: document.sink === "changes" ? "changes" : "access",
    position: count(document.position) ?? 0,
    lastMac: bytes(document.lastMac) ?? new Uint8Array(0),
    lastTimeMs: count(document.lastTimeMs) ?? 0,
    mac: bytes(document.mac) ?? new Uint8Array(0),
  };
}
