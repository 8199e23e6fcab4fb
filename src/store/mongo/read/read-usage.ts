import type { Db, Document } from "mongodb";
import { requireCount, requireName, requireText } from "../../guard.ts";
import type { Usage } from "../../usage.ts";
import type { UsageRow, UsageStore } from "../../usage-store.ts";
import { text } from "../rows/field.ts";
import { type Named, tokenIndexes, usageIndex } from "../rows/schema.ts";

/** Adds up the rows in which the processes count. */
export function createUsageReader(db: Db, maxTimeMs: number): UsageStore {
  const usage = db.collection("usage");
  const options = { hint: usageIndex.name, maxTimeMS: maxTimeMs };

  const tokens = db.collection("tokens");

  return {
    async countLiveTokens(tenant, slug, nowMs) {
      requireName(tenant, "tenant");
      if (slug !== undefined) requireName(slug, "slug");
      requireCount(nowMs, "nowMs");
      const hint = slug === undefined ? tokenIndexes.live.name : tokenIndexes.liveOfSlug.name;
      const of = { tenant: { $eq: tenant }, ...(slug === undefined ? {} : { slug: { $eq: slug } }) };
      const range = (expireAtMs: Document) =>
        tokens.countDocuments({ ...of, revokedAtMs: { $eq: 0 }, expireAtMs }, { hint, maxTimeMS: maxTimeMs });
      // Two ranges of an index, so that ended tokens cost nothing.
      const [never, later] = await Promise.all([range({ $eq: 0 }), range({ $gt: nowMs })]);
      return never + later;
    },
    async listSurplusTokens(tenant, slug, { nowMs, keep, limit }) {
      requireName(tenant, "tenant");
      requireName(slug, "slug");
      for (const [name, value] of Object.entries({ nowMs, keep, limit })) requireCount(value, name);
      if (limit === 0) return [];
      const ended = [{ revokedAtMs: { $ne: 0 } }, { expireAtMs: { $ne: 0, $lte: nowMs } }];
      const page = { hint: tokenIndexes.bySlug.name, sort: { createdAtMs: -1, id: 1 }, skip: keep, limit } as const;
      const found = await tokens
        .find({ tenant: { $eq: tenant }, slug: { $eq: slug }, $or: ended }, { ...page, maxTimeMS: maxTimeMs })
        .project({ id: 1 })
        .toArray();
      return found.flatMap(({ id }) => text(id) ?? []);
    },
    async findQuotas(tenant) {
      requireName(tenant, "tenant");
      const found = await db.collection<Named>("quotas").findOne({ _id: { $eq: tenant } }, { maxTimeMS: maxTimeMs });
      return found === null ? undefined : text(found.limits);
    },
    async findUsage(tenant, slug) {
      requireName(tenant, "tenant");
      requireText(slug, "slug");
      const rows = await usage.find({ tenant: { $eq: tenant }, slug: { $eq: slug } }, options).toArray();
      return sumOf(rows);
    },
    async listUsage(after, limit) {
      requireText(after.tenant, "tenant");
      requireText(after.slug, "slug");
      requireCount(limit, "limit");
      const later = [{ tenant: { $gt: after.tenant } }, { tenant: { $eq: after.tenant }, slug: { $gt: after.slug } }];
      const found: UsageRow[] = [];
      const cursor = usage.find({ $or: later }, { ...options, sort: { tenant: 1, slug: 1 } });
      try {
        for await (const group of groupsOf(cursor)) {
          if (found.length === limit) break;
          const [first] = group;
          found.push({ tenant: text(first?.tenant) ?? "", slug: text(first?.slug) ?? "", ...sumOf(group) });
        }
      } finally {
        await cursor.close();
      }
      return found;
    },
  };
}

/** Rows of the same user, which follow each other. */
async function* groupsOf(rows: AsyncIterable<Document>): AsyncIterable<readonly Document[]> {
  let group: Document[] = [];
  for await (const row of rows) {
    const [first] = group;
    if (first !== undefined && (first.tenant !== row.tenant || first.slug !== row.slug)) {
      yield group;
      group = [];
    }
    group.push(row);
  }
  if (group.length > 0) yield group;
}

/** Edited counts may be anything. */
function sumOf(rows: readonly Document[]): Usage {
  const sum = (name: "secrets" | "bytes") => {
    const counts = rows.map((row) => Number(row[name])).filter(Number.isSafeInteger);
    return Math.max(
      0,
      counts.reduce((total, each) => total + each, 0),
    );
  };
  return { secrets: sum("secrets"), bytes: sum("bytes") };
}
