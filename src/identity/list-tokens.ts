import { limits } from "../limits.ts";
import { readBoundedPage } from "../rules/bounded-page.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { auditRecord } from "../rules/decision-record.ts";
import { createPageToken, pageSizeOf, readPageToken } from "../rules/page-token.ts";
import { slugProblem } from "../rules/secret-key.ts";
import { requireWellFormed } from "../rules/selection.ts";
import type { StoredToken } from "../store/identity-rows.ts";
import { type IdentityContext, intactTokens, managesUsers, requireUserManager, tenantOf } from "./directory.ts";

const action = "token.list";

/**
 * Pages through the caller's own tokens or, for an admin, those of any user, ordered by id. Rows that do
 * not verify are reported, and left out.
 */
export async function listTokens(
  context: IdentityContext,
  call: IdentityCall,
  request: {
    readonly slug: string;
    readonly tenant: string;
    readonly pageSize: number;
    readonly pageToken: string;
  },
): Promise<{ readonly tokens: readonly StoredToken[]; readonly nextPageToken: string }> {
  const size = pageSizeOf(request.pageSize, { standard: limits.pageDefault, max: limits.pageMax });
  requireWellFormed("slug", request.slug === "" ? undefined : slugProblem(request.slug));
  const { caller } = call;
  const tenant = await tenantOf(context, call, action, request.tenant);
  const manages = managesUsers(call, tenant);
  const slug = request.slug === "" ? (manages ? undefined : caller.slug) : request.slug;
  const own = tenant === caller.tenant && slug === caller.slug;
  if (!own) await requireUserManager(context, call, action, tenant);
  const binding = ["ListTokens", caller.tenant, caller.slug, tenant, slug ?? ""];
  const after = readPageToken(context.keyring, binding, request.pageToken);
  const { rows, last } = await readBoundedPage<StoredToken>(
    size,
    ({ grants }) => grants,
    (row, limit) => context.store.listTokens(tenant, slug, row?.id ?? after, limit),
  );
  const tokens = await intactTokens(context, rows);
  const rule = own ? "own-token" : "admin";
  const entry = { action, decision: "allowed", rule, count: tokens.length } as const;
  await context.accessLog.record([{ ...auditRecord(call, context.now(), entry), tenant }]);
  return { tokens, nextPageToken: last === undefined ? "" : createPageToken(context.keyring, binding, last.id) };
}
