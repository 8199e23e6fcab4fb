import { createPauses } from "../flow/slices.ts";
import { limits } from "../limits.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { auditRecord } from "../rules/decision-record.ts";
import { createPageToken, pageSizeOf, readPageToken } from "../rules/page-token.ts";
import { requireOperator } from "../rules/require-role.ts";
import { wholeTenant } from "../store/usage.ts";
import { type IdentityContext, loadUsers } from "./directory.ts";

export interface TenantSummary {
  readonly tenant: string;
  readonly users: number;
  readonly admins: number;
  readonly secrets: number;
}

const action = "tenant.list";

/** Pages through the tenants that have users or secrets, ordered by name. Operators only. */
export async function listTenants(
  context: IdentityContext,
  call: IdentityCall,
  request: { readonly pageSize: number; readonly pageToken: string },
): Promise<{ readonly tenants: readonly TenantSummary[]; readonly nextPageToken: string }> {
  const size = pageSizeOf(request.pageSize, { standard: limits.pageDefault, max: limits.pageMax });
  await requireOperator(context, call, action, "list tenants");
  const binding = ["ListTenants", call.caller.tenant, call.caller.slug];
  const after = readPageToken(context.keyring, binding, request.pageToken);
  const names = await context.store.listTenants(after, size + 1);
  const page = names.slice(0, size);
  const tenants: TenantSummary[] = [];
  const pause = createPauses();
  for (const tenant of page) {
    await pause();
    tenants.push(await summaryOf(context, tenant));
  }
  const entry = { action, decision: "allowed", rule: "operator", count: page.length } as const;
  await context.accessLog.record([auditRecord(call, context.now(), entry)]);
  const last = names.length > size ? page.at(-1) : undefined;
  return {
    tenants,
    nextPageToken: last === undefined ? "" : createPageToken(context.keyring, binding, last),
  };
}

async function summaryOf(context: IdentityContext, tenant: string): Promise<TenantSummary> {
  const [{ users }, { secrets }] = await Promise.all([
    loadUsers(context, tenant),
    context.store.findUsage(tenant, wholeTenant),
  ]);
  const live = [...users.values()].filter(({ removed }) => !removed);
  return { tenant, users: live.length, admins: live.filter(({ admin }) => admin).length, secrets };
}
