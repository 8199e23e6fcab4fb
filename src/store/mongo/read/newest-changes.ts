import type { Db, Document } from "mongodb";
import { actionsWithoutChange } from "../../../audit/save-action.ts";
import type { ChangeQuery, RecordedChange } from "../../audit-page.ts";
import { requireChangeQueries } from "../../guard.ts";
import { toRecord } from "../rows/audit-row.ts";
import { auditIndexes } from "../rows/schema.ts";

export type NewestChanges = (
  queries: readonly ChangeQuery[],
  limit: number,
) => Promise<readonly (readonly RecordedChange[])[]>;

/** Sorts after every action that begins with the same text. */
const afterAll = "\u{10ffff}";

const newestFirst = { timeMs: -1, _id: -1 } as const;

/** Names in one query; more are asked for in further ones at the same time. */
const namesAtOnce = 100;

type Waiting = PromiseWithResolvers<readonly RecordedChange[]>;

interface Batch {
  /** Any of the queries: they differ only in their names. */
  readonly query: ChangeQuery;
  readonly limit: number;
  readonly waiting: Map<string, Waiting>;
}

/**
 * Queries that start in one turn of the event loop and differ only in their names share a round trip. As in
 * point-reads.ts, a batch is closed when it is sent, so that a query that starts later sees later changes.
 */
export function createNewestChanges(db: Db, maxTimeMS: number): NewestChanges {
  let batches = new Map<string, Batch>();

  async function askOne(query: ChangeQuery, limit: number): Promise<readonly RecordedChange[]> {
    const filter = { key: { $eq: query.name }, ...conditionsOf(query) };
    const options = { hint: auditIndexes.ofKey.name, sort: newestFirst, limit, maxTimeMS };
    return (await db.collection("changes").find(filter, options).toArray()).map(toChange);
  }

  async function askMany(names: readonly string[], query: ChangeQuery, limit: number) {
    const pipeline = [{ $match: conditionsOf(query) }, { $sort: newestFirst }, { $limit: limit }];
    const stages = [
      { $documents: names.map((name) => ({ name })) },
      { $lookup: { from: "changes", localField: "name", foreignField: "key", pipeline, as: "changes" } },
    ];
    const found = await db.aggregate(stages, { maxTimeMS }).toArray();
    return new Map(found.map(({ name, changes }) => [String(name), (changes as Document[]).map(toChange)]));
  }

  async function send({ query, limit }: Batch, waiting: readonly (readonly [string, Waiting])[]): Promise<void> {
    try {
      const [[name] = [""]] = waiting;
      const names = waiting.map(([each]) => each);
      const found =
        names.length === 1
          ? new Map([[name, await askOne({ ...query, name }, limit)]])
          : await askMany(names, query, limit);
      for (const [each, { resolve }] of waiting) resolve(found.get(each) ?? []);
    } catch (error) {
      for (const [, { reject }] of waiting) reject(error);
    }
  }

  function sendAll(): void {
    const closed = batches;
    batches = new Map();
    for (const batch of closed.values()) {
      const waiting = [...batch.waiting];
      for (let at = 0; at < waiting.length; at += namesAtOnce) send(batch, waiting.slice(at, at + namesAtOnce));
    }
  }

  function ask(query: ChangeQuery, limit: number): Promise<readonly RecordedChange[]> {
    if (batches.size === 0) setImmediate(sendAll);
    const { tenant, name, action, isVersioned } = query;
    const of = [tenant, action, isVersioned, limit].join("\0");
    const batch = batches.get(of) ?? { query, limit, waiting: new Map<string, Waiting>() };
    batches.set(of, batch);
    const waiting = batch.waiting.get(name) ?? Promise.withResolvers<readonly RecordedChange[]>();
    batch.waiting.set(name, waiting);
    return waiting.promise;
  }

  return async (queries, limit) => {
    requireChangeQueries(queries, limit);
    return limit === 0 ? queries.map(() => []) : Promise.all(queries.map((query) => ask(query, limit)));
  };
}

function conditionsOf({ tenant, action, isVersioned }: ChangeQuery): Document {
  return {
    tenant: { $eq: tenant },
    action: { $gte: action, $lt: action + afterAll, $nin: [...actionsWithoutChange] },
    decision: { $eq: "allowed" },
    ...(isVersioned ? { version: { $gt: 0 } } : {}),
  };
}

function toChange(document: Document): RecordedChange {
  const { chain, position, timeMs, action, version, filter } = toRecord(document);
  return { chain, position, timeMs, action, version, filter };
}
