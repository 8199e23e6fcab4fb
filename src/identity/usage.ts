import { type QuotaName, quotaMax } from "../rules/quota.ts";
import { countWatches } from "../secrets/open-watches.ts";
import { wholeTenant } from "../store/usage.ts";
import type { IdentityContext } from "./directory.ts";

/** How much of something there is, and may be. `limit` undefined: as much as there is room for. */
export interface Amount {
  readonly used: number;
  readonly limit: number | undefined;
}

export type ShownUsage = Readonly<Record<"secrets" | "bytes" | "tokens" | "watches", Amount>>;

const quotasOf = {
  user: { secrets: "userSecrets", bytes: "userBytes", tokens: "userTokens", watches: "userWatches" },
  tenant: { secrets: "tenantSecrets", bytes: "tenantBytes", tokens: "tenantTokens", watches: "tenantWatches" },
} as const satisfies Record<string, Record<keyof ShownUsage, QuotaName>>;

/** What a user, or with `wholeTenant` the tenant, has and may have. */
export async function describeUsage(
  context: Pick<IdentityContext, "store" | "quotas" | "now">,
  tenant: string,
  slug: string,
): Promise<ShownUsage> {
  const isTenant = slug === wholeTenant;
  const [{ secrets, bytes }, tokens, quotas] = await Promise.all([
    context.store.findUsage(tenant, slug),
    context.store.countLiveTokens(tenant, isTenant ? undefined : slug, context.now()),
    context.quotas.of(tenant),
  ]);
  const names = quotasOf[isTenant ? "tenant" : "user"];
  const amount = (resource: keyof ShownUsage, used: number): Amount => {
    const limit = quotas[names[resource]];
    return { used, limit: limit >= quotaMax ? undefined : limit };
  };
  return {
    secrets: amount("secrets", secrets),
    bytes: amount("bytes", bytes),
    tokens: amount("tokens", tokens),
    watches: amount("watches", countWatches(context.store, tenant, slug)),
  };
}
