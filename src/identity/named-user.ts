import type { IdentityCall } from "../rules/caller.ts";
import { refuse } from "../rules/decision-record.ts";
import { slugProblem } from "../rules/secret-key.ts";
import { requireWellFormed } from "../rules/selection.ts";
import { damagedRow, type IdentityContext, requireUserManager, tenantOf, verified } from "./directory.ts";
import { type UserFields, verifyUser } from "./rows.ts";

/**
 * The user that a request names, the caller for "". The caller must manage the users of the tenant to name anyone else.
 */
export async function userOf(
  context: IdentityContext,
  call: IdentityCall,
  action: string,
  request: { readonly slug: string; readonly tenant: string },
): Promise<{ readonly tenant: string; readonly slug: string; readonly isOwn: boolean }> {
  requireWellFormed("slug", request.slug === "" ? undefined : slugProblem(request.slug));
  const { caller } = call;
  const tenant = await tenantOf(context, call, action, request.tenant);
  const slug = request.slug === "" ? caller.slug : request.slug;
  const isOwn = tenant === caller.tenant && slug === caller.slug;
  if (!isOwn) await requireUserManager(context, call, action, tenant);
  return { tenant, slug, isOwn };
}

/**
 * A user who is here now. Throws NOT_FOUND, OPERATOR_ONLY (`what` completes "only an operator may", with the slug) and
 * INTEGRITY.
 */
export async function requireLiveUser(
  context: IdentityContext,
  call: IdentityCall,
  action: string,
  { tenant, slug, what }: { readonly tenant: string; readonly slug: string; readonly what: string },
): Promise<UserFields> {
  const stored = await context.store.findUser(tenant, slug);
  const user = stored && verified(slug, () => verifyUser(context.keyring, stored));
  if (user !== undefined && (await context.lastChanges.isUserPutBack(user))) {
    await context.integrity.report({ kind: "user", cause: "put-back", tenant, name: slug });
    throw damagedRow(slug);
  }
  if (user === undefined || user.removed) {
    const message = `there is no user ${slug}`;
    throw await refuse(context, call, action, [{ reason: "NOT_FOUND", message, key: slug, field: "slug" }]);
  }
  const isOwn = tenant === call.caller.tenant && slug === call.caller.slug;
  if (user.operator && !call.caller.operator && !isOwn) {
    const message = `only an operator may ${what} the operator ${slug}`;
    throw await refuse(context, call, action, [{ reason: "OPERATOR_ONLY", message, key: slug, field: "slug" }]);
  }
  const { kid: _kid, mac: _mac, ...fields } = user;
  return fields;
}
