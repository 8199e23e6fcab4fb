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

/** One round trip, however many queries there are. */
export function createNewestChanges(db: Db, maxTimeMS: number): NewestChanges {
  async function askOne(query: ChangeQuery, limit: number): Promise<readonly RecordedChange[]> {
    const filter = { key: { $eq: query.name }, ...conditionsOf(query) };
    const options = { hint: auditIndexes.ofKey.name, sort: newestFirst, limit, maxTimeMS };
    return (await db.collection("changes").find(filter, options).toArray()).map(toChange);
  }

  /** Queries that differ only in their names. */
  async function askMany(names: readonly string[], query: ChangeQuery, limit: number) {
    const pipeline = [{ $match: conditionsOf(query) }, { $sort: newestFirst }, { $limit: limit }];
    const stages = [
      { $documents: names.map((name) => ({ name })) },
      { $lookup: { from: "changes", localField: "name", foreignField: "key", pipeline, as: "changes" } },
    ];
    const found = await db.aggregate(stages, { maxTimeMS }).toArray();
    return new Map(found.map(({ name, changes }) => [String(name), (changes as Document[]).map(toChange)]));
  }

  return async (queries, limit) => {
    requireChangeQueries(queries, limit);
    if (limit === 0) return queries.map(() => []);
    const answers = new Map<ChangeQuery, readonly RecordedChange[]>();
    const groups = Map.groupBy(queries, ({ tenant, action, isVersioned }) => [tenant, action, isVersioned].join("\0"));
    await Promise.all(
      [...groups.values()].map(async (group) => {
        const [first, ...more] = group;
        if (first === undefined) return;
        if (more.length === 0) {
          answers.set(first, await askOne(first, limit));
          return;
        }
        const found = await askMany([...new Set(group.map(({ name }) => name))], first, limit);
        for (const query of group) answers.set(query, found.get(query.name) ?? []);
      }),
    );
    return queries.map((query) => answers.get(query) ?? []);
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
