import type { Db, Document } from "mongodb";
import type { ReaderLimits, ReaderQuery, RecordedReader } from "../../audit-page.ts";
import { requireReaderQueries } from "../../guard.ts";
import { count, text } from "../rows/field.ts";

export type NewestReaders = (
  tenant: string,
  queries: readonly ReaderQuery[],
  limits: ReaderLimits,
) => Promise<readonly (readonly RecordedReader[])[]>;

const newestFirst = { timeMs: -1, _id: -1 } as const;

/** One round trip, however many queries there are. */
export function createNewestReaders(db: Db, maxTimeMS: number): NewestReaders {
  return async (tenant, queries, limits) => {
    requireReaderQueries(tenant, queries, limits);
    if (queries.length === 0 || limits.records === 0 || limits.readers === 0) return queries.map(() => []);
    const pipeline = [
      { $match: { $expr: { $gte: ["$timeMs", "$$fromMs"] }, tenant: { $eq: tenant } } },
      { $sort: newestFirst },
      { $limit: limits.records },
      { $match: { action: { $eq: "secret.read" }, decision: { $eq: "allowed" } } },
      {
        $group: {
          _id: "$principal",
          lastReadAtMs: { $first: "$timeMs" },
          version: { $first: "$version" },
          reads: { $sum: 1 },
        },
      },
      { $sort: { lastReadAtMs: -1, _id: 1 } },
      { $limit: limits.readers },
    ];
    const stages = [
      { $documents: queries.map(({ key, fromMs }, at) => ({ at, key, fromMs })) },
      {
        $lookup: {
          from: "access",
          let: { fromMs: "$fromMs" },
          localField: "key",
          foreignField: "key",
          pipeline,
          as: "readers",
        },
      },
    ];
    const found = await db.aggregate(stages, { maxTimeMS }).toArray();
    const readers = new Map(found.map((row) => [count(row.at), (row.readers as Document[]).map(toReader)]));
    return queries.map((_, at) => readers.get(at) ?? []);
  };
}

function toReader({ _id, lastReadAtMs, version, reads }: Document): RecordedReader {
  return {
    slug: text(_id) ?? "",
    lastReadAtMs: count(lastReadAtMs) ?? 0,
    version: count(version) ?? 0,
    reads: count(reads) ?? 0,
  };
}
