import type { DatabaseSync } from "node:sqlite";
import { requireCount, requireName, requireText } from "../guard.ts";
import type { Usage } from "../usage.ts";
import type { UsageRow, UsageStore } from "../usage-store.ts";
import { count, type Row, text } from "./column.ts";

export interface UsageReader {
  findUsage(tenant: string, slug: string): Usage;
  listUsage(after: Pick<UsageRow, "tenant" | "slug">, limit: number): readonly UsageRow[];
  countLiveTokens(tenant: string, slug: string | undefined, nowMs: number): number;
  listSurplusTokens(...of: Parameters<UsageStore["listSurplusTokens"]>): readonly string[];
  findQuotas(tenant: string): string | undefined;
}

/** Each method must be called in a snapshot. */
export function createUsageReader(db: DatabaseSync): UsageReader {
  const find = db.prepare("SELECT secrets, bytes FROM usage WHERE tenant = ? AND slug = ?");
  const list = db.prepare("SELECT * FROM usage WHERE (tenant, slug) > (?, ?) ORDER BY tenant, slug LIMIT ?");
  const liveOfTenant = db.prepare(countLive("tenant = ?1"));
  const liveOfUser = db.prepare(countLive("tenant = ?1 AND slug = ?3"));
  const surplus = db.prepare(`SELECT id FROM tokens
    WHERE tenant = ? AND slug = ? AND (revoked_at_ms <> 0 OR (expire_at_ms <> 0 AND expire_at_ms <= ?))
    ORDER BY created_at_ms DESC, id LIMIT ? OFFSET ?`);
  const quotas = db.prepare("SELECT limits FROM quotas WHERE tenant = ?");
  return {
    countLiveTokens(tenant, slug, nowMs) {
      requireName(tenant, "tenant");
      requireCount(nowMs, "nowMs");
      if (slug === undefined) return count(liveOfTenant.get(tenant, nowMs)?.live);
      requireName(slug, "slug");
      return count(liveOfUser.get(tenant, nowMs, slug)?.live);
    },
    listSurplusTokens(tenant, slug, { nowMs, keep, limit }) {
      requireName(tenant, "tenant");
      requireName(slug, "slug");
      for (const [name, value] of Object.entries({ nowMs, keep, limit })) requireCount(value, name);
      return surplus.all(tenant, slug, nowMs, limit, keep).map(({ id }) => text(id));
    },
    findQuotas(tenant) {
      requireName(tenant, "tenant");
      const row = quotas.get(tenant);
      return row === undefined ? undefined : text(row.limits);
    },
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

/** Two ranges of an index, so that ended tokens cost nothing. */
function countLive(of: string): string {
  const range = (expiry: string) =>
    `(SELECT count(*) FROM tokens WHERE ${of} AND revoked_at_ms = 0 AND expire_at_ms ${expiry})`;
  return `SELECT ${range("= 0")} + ${range("> ?2")} AS live`;
}

/** Edited counts may be below 0. */
function toUsage({ secrets, bytes }: Row): Usage {
  return { secrets: Math.max(0, count(secrets)), bytes: Math.max(0, count(bytes)) };
}
