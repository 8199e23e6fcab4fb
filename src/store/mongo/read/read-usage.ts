import type { Db, Document } from "mongodb";
import { requireCount, requireName, requireText } from "../../guard.ts";
import type { Usage } from "../../usage.ts";
import type { UsageRow, UsageStore } from "../../usage-store.ts";
import { text } from "../rows/field.ts";
import { usageIndex } from "../rows/schema.ts";

/** Adds up the rows in which the processes count. */
export function createUsageReader(db: Db, maxTimeMs: number): UsageStore {
  const usage = db.collection("usage");
  const options = { hint: usageIndex.name, maxTimeMS: maxTimeMs };

  return {
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
