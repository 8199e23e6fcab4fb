import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { Principal } from "../rules/access.ts";
import { type Quotas, quotaFailure } from "../rules/quota.ts";
import type { SecretStore } from "../store/secret-store.ts";
import { wholeTenant } from "../store/usage.ts";

/** Open watches by tenant and user, for each store. The watches of a process are its own: no other one counts them. */
const watches = new WeakMap<SecretStore, Map<string, Map<string, number>>>();

/**
 * Counts a watch until the returned function is called. Throws QUOTA_EXCEEDED when the caller or the tenant has too
 * many on this process, and RATE_LIMITED when the process has.
 */
export function enterWatch(store: SecretStore, { tenant, slug }: Principal, quotas: Quotas): () => void {
  const counts = watches.get(store) ?? new Map<string, Map<string, number>>();
  watches.set(store, counts);
  const ofTenant = counts.get(tenant) ?? new Map<string, number>();
  const mine = ofTenant.get(slug) ?? 0;
  requireWithin(slug, mine + 1, quotas.userWatches);
  requireWithin(wholeTenant, sumOf(ofTenant) + 1, quotas.tenantWatches);
  let all = 0;
  for (const each of counts.values()) all += sumOf(each);
  if (all >= limits.watchers) {
    const message = `the service has ${limits.watchers} open watches, which is the limit`;
    throw new SecretError({ reason: "RATE_LIMITED", message, limit: limits.watchers, actual: all + 1 });
  }
  ofTenant.set(slug, mine + 1);
  counts.set(tenant, ofTenant);
  return () => {
    const left = (ofTenant.get(slug) ?? 1) - 1;
    if (left > 0) ofTenant.set(slug, left);
    else ofTenant.delete(slug);
    if (ofTenant.size === 0) counts.delete(tenant);
  };
}

/** Open watches on this process: of one user, or with `wholeTenant` of the tenant. */
export function countWatches(store: SecretStore, tenant: string, slug: string): number {
  const ofTenant = watches.get(store)?.get(tenant);
  return slug === wholeTenant ? sumOf(ofTenant ?? new Map()) : (ofTenant?.get(slug) ?? 0);
}

function requireWithin(slug: string, actual: number, limit: number): void {
  if (actual > limit) throw new SecretError(quotaFailure({ slug, resource: "watches", limit, actual, field: "" }));
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}
