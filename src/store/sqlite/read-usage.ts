import type { DatabaseSync } from "node:sqlite";
import { requireCount, requireName, requireText } from "../guard.ts";
import type { Usage } from "../usage.ts";
import type { UsageRow } from "../usage-store.ts";
import { count, type Row, text } from "./row.ts";

export interface UsageReader {
  findUsage(tenant: string, slug: string): Usage;
  listUsage(after: Pick<UsageRow, "tenant" | "slug">, limit: number): readonly UsageRow[];
}

/** Each method must be called in a snapshot. */
export function createUsageReader(db: DatabaseSync): UsageReader {
  const find = db.prepare("SELECT secrets, bytes FROM usage WHERE tenant = ? AND slug = ?");
  const list = db.prepare("SELECT * FROM usage WHERE (tenant, slug) > (?, ?) ORDER BY tenant, slug LIMIT ?");
  return {
    findUsage(tenant, slug) {
      requireName(tenant, "tenant");
      requireText(slug, "slug");
      const row = find.get(tenant, slug);
      return row === undefined ? { secrets: 0, bytes: 0 } : toUsage(row);
    },
    listUsage({ tenant, slug }, limit) {
      requireText(tenant, "tenant");
      requireText(slug, "slug");
      requireCount(limit, "limit");
      return list
        .all(tenant, slug, limit)
        .map((row) => ({ tenant: text(row.tenant), slug: text(row.slug), ...toUsage(row) }));
    },
  };
}

/** Edited counts may be below 0. */
function toUsage({ secrets, bytes }: Row): Usage {
  return { secrets: Math.max(0, count(secrets)), bytes: Math.max(0, count(bytes)) };
}
