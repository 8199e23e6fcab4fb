import { setImmediate } from "node:timers/promises";
import { wholeTenant } from "../store/usage.ts";
import type { UsageStore } from "../store/usage-store.ts";
import type { QuotaSource, Quotas } from "./quota.ts";

/** How much of a quota is used, in steps. */
export const quotaSteps = ["under-half", "over-half", "over-nine-tenths", "full"] as const;

export type QuotaStep = (typeof quotaSteps)[number];

/** How many users and tenants are at each step, by the quota of which they use the largest part. */
export interface QuotaUse {
  readonly users: Readonly<Record<QuotaStep, number>>;
  readonly tenants: Readonly<Record<QuotaStep, number>>;
}

/** Rows that are read in one turn of the event loop: less than a millisecond. */
const pageSize = 500;

/**
 * Counts users and tenants by how much of their quotas of secrets and bytes they use. `isClosed` ends it early, with
 * what was counted so far.
 */
export async function countQuotaUse(
  { store, quotas }: { readonly store: Pick<UsageStore, "listUsage">; readonly quotas: QuotaSource },
  isClosed: () => boolean = () => false,
): Promise<QuotaUse> {
  const none = () => ({ "under-half": 0, "over-half": 0, "over-nine-tenths": 0, full: 0 });
  const use = { users: none(), tenants: none() };
  for (let after = { tenant: "", slug: "" }; !isClosed(); ) {
    const rows = await store.listUsage(after, pageSize);
    for (const row of rows) {
      const ofTenant = await quotas.of(row.tenant);
      const part = partOf(row, row.slug === wholeTenant, ofTenant);
      use[row.slug === wholeTenant ? "tenants" : "users"][stepOf(part)] += 1;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) break;
    after = last;
    await setImmediate();
  }
  return use;
}

function partOf(
  { secrets, bytes }: { readonly secrets: number; readonly bytes: number },
  isTenant: boolean,
  q: Quotas,
) {
  const part = (used: number, limit: number) => (used === 0 ? 0 : used / limit);
  return isTenant
    ? Math.max(part(secrets, q.tenantSecrets), part(bytes, q.tenantBytes))
    : Math.max(part(secrets, q.userSecrets), part(bytes, q.userBytes));
}

function stepOf(part: number): QuotaStep {
  if (part >= 1) return "full";
  if (part >= 0.9) return "over-nine-tenths";
  return part >= 0.5 ? "over-half" : "under-half";
}
