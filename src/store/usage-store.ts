import type { Usage } from "./usage.ts";

/** The usage of a user, or of a whole tenant. */
export interface UsageRow extends Usage {
  readonly tenant: string;
  /** `wholeTenant` for the tenant. */
  readonly slug: string;
}

/**
 * The part of a store that counts what users and tenants have stored. The counts are part of the commits that change
 * it.
 */
export interface UsageStore {
  /** All zero for a user or tenant that has never owned a secret. `slug` is `wholeTenant` for the tenant. */
  findUsage(tenant: string, slug: string): Promise<Usage>;
  /** Ordered by tenant and slug, the row of the tenant before those of its users. */
  listUsage(after: Pick<UsageRow, "tenant" | "slug">, limit: number): Promise<readonly UsageRow[]>;
  /** Tokens that are neither revoked nor expired: of one user, or with `slug` undefined of the tenant. */
  countLiveTokens(tenant: string, slug: string | undefined, nowMs: number): Promise<number>;
  /** At most `limit` ids of ended tokens of a user, without the `keep` newest ones. */
  listSurplusTokens(
    tenant: string,
    slug: string,
    options: { readonly nowMs: number; readonly keep: number; readonly limit: number },
  ): Promise<readonly string[]>;
  /** The limits that `IdentityCommit` wrote for a tenant; undefined when there are none. */
  findQuotas(tenant: string): Promise<string | undefined>;
}
