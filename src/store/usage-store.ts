import type { Usage } from "./usage.ts";

/** The usage of a user, or of a whole tenant. */
export interface UsageRow extends Usage {
  readonly tenant: string;
  /** `wholeTenant` for the tenant. */
  readonly slug: string;
}

/** The part of a store that counts what users and tenants have stored. The counts are part of the commits that change it. */
export interface UsageStore {
  /** All zero for a user or tenant that has never owned a secret. `slug` is `wholeTenant` for the tenant. */
  findUsage(tenant: string, slug: string): Promise<Usage>;
  /** Ordered by tenant and slug, the row of the tenant before those of its users. */
  listUsage(after: Pick<UsageRow, "tenant" | "slug">, limit: number): Promise<readonly UsageRow[]>;
}
