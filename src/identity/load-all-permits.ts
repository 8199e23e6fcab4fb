import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { intactPermits } from "../rules/permit-row.ts";
import type { StoredPermit } from "../store/identity-rows.ts";

/** The permits of a tenant: rows that verify, ordered by name. The others are reported, and may be replaced. */
export interface LoadedPermits {
  readonly permits: readonly StoredPermit[];
  /** Names whose row does not verify. */
  readonly damaged: ReadonlySet<string>;
}

export async function loadPermits(
  context: Pick<Context, "store" | "keyring" | "integrity" | "lastChanges">,
  tenant: string,
): Promise<LoadedPermits> {
  const rows: StoredPermit[] = [];
  for (let after = ""; ; ) {
    const page = await context.store.listPermits(tenant, after, limits.pageMax);
    rows.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < limits.pageMax) break;
    after = last.name;
  }
  const permits = await intactPermits(context, rows);
  const intact = new Set(permits.map(({ name }) => name));
  return { permits, damaged: new Set(rows.map(({ name }) => name).filter((name) => !intact.has(name))) };
}
