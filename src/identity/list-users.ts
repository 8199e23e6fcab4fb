import { limits } from "../limits.ts";
import { readBoundedPage } from "../rules/bounded-page.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { auditRecord } from "../rules/decision-record.ts";
import { createPageToken, pageSizeOf, readPageToken } from "../rules/page-token.ts";
import type { StoredUser } from "../store/identity-rows.ts";
import { type IdentityContext, intactUsers, requireUserManager, tenantOf } from "./directory.ts";

const action = "user.list";

/**
 * Pages through the users of a tenant, ordered by slug. Skips removed users, and rows that do not verify, which are
 * reported.
 */
export async function listUsers(
  context: IdentityContext,
  call: IdentityCall,
  request: { readonly tenant: string; readonly pageSize: number; readonly pageToken: string },
): Promise<{ readonly users: readonly StoredUser[]; readonly nextPageToken: string }> {
  const size = pageSizeOf(request.pageSize, { standard: limits.pageDefault, max: limits.pageMax });
  const tenant = await tenantOf(context, call, action, request.tenant);
  await requireUserManager(context, call, action, tenant);
  const binding = ["ListUsers", call.caller.tenant, call.caller.slug, tenant];
  const after = readPageToken(context.keyring, binding, request.pageToken);
  const { rows, last } = await readBoundedPage<StoredUser>(
    size,
    ({ roles }) => roles,
    (row, limit) => context.store.listUsers(tenant, row?.slug ?? after, limit),
  );
  const users = (await intactUsers(context, rows)).filter((user) => !user.removed);
  const entry = { action, decision: "allowed", rule: "admin", count: users.length } as const;
  await context.accessLog.record([{ ...auditRecord(call, context.now(), entry), tenant }]);
  return { users, nextPageToken: last === undefined ? "" : createPageToken(context.keyring, binding, last.slug) };
}
