import { limits } from "../limits.ts";
import { decodeOwnQuotas, type QuotaSource, type Quotas } from "../rules/quota.ts";
import type { UsageStore } from "../store/usage-store.ts";
import { createAnswerBudget } from "./answer-budget.ts";

export interface QuotasOptions {
  readonly store: Pick<UsageStore, "findQuotas">;
  /** Those of the settings. */
  readonly defaults: Quotas;
  /** Processes that count answers on their own and share the limit of a user. Default: one. */
  readonly workers?: number | undefined;
  /** A clock in ms that never jumps. */
  monotonicMs(): number;
}

/** How long the limits of a tenant are cached: a change that another process made is in force after this time. */
const cachedMs = 5_000;

/** Tenants that are remembered. One more makes the oldest one be looked up again. */
const tenantsMax = 10_000;

/**
 * The limits of each tenant: those of the settings, and in their place those that an operator set for it. They are
 * cached, so a save costs no further look-up.
 */
export function createQuotas({ store, defaults, monotonicMs, workers = 1 }: QuotasOptions): QuotaSource {
  const known = new Map<string, { readonly quotas: Promise<Quotas>; readonly untilMs: number }>();
  const answers = createAnswerBudget(limits.answersBytes / workers, limits.idempotencyMs, monotonicMs);
  const ownOf = async (tenant: string) => decodeOwnQuotas(await store.findQuotas(tenant));

  return {
    ownOf,
    of(tenant) {
      const nowMs = monotonicMs();
      const cached = known.get(tenant);
      if (cached !== undefined && nowMs < cached.untilMs) return cached.quotas;
      const [oldest] = known.size >= tenantsMax ? known.keys() : [];
      if (oldest !== undefined) known.delete(oldest);
      const quotas = ownOf(tenant).then((own) => ({ ...defaults, ...own }));
      const entry = { quotas, untilMs: nowMs + cachedMs };
      known.set(tenant, entry);
      quotas.catch(() => {
        if (known.get(tenant) === entry) known.delete(tenant);
      });
      return quotas;
    },
    takeAnswer: (tenant, slug, bytes) => answers.take(`${tenant}/${slug}`, bytes),
    forget: async (tenant) => void known.delete(tenant),
  };
}
