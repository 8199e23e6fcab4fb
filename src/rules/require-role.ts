import { isNarrowed } from "./access.ts";
import { type AuditContext, type CallInfo, refuse } from "./decision-record.ts";

/**
 * Throws when the caller's token is narrowed. Purging secrets, and managing users, tokens, the audit log or the
 * service, need a token that is not narrowed.
 */
export async function requireWholeToken(context: AuditContext, call: CallInfo, action: string): Promise<void> {
  if (!isNarrowed(call.caller)) return;
  const message = "a token that is narrowed by grants may not do this; use one that is not";
  throw await refuse(context, call, action, [{ reason: "NOT_GRANTED", message }]);
}

/**
 * Throws unless the caller is an admin whose token is not narrowed. `what` completes "only an admin may"; `field` is
 * the field of the request that asks for it, if there is one.
 */
export async function requireAdmin(
  context: AuditContext,
  call: CallInfo,
  action: string,
  what: string,
  field?: string,
): Promise<void> {
  await requireWholeToken(context, call, action);
  if (call.caller.admin) return;
  const failure = { reason: "ADMIN_ONLY", message: `only an admin may ${what}` } as const;
  throw await refuse(context, call, action, [field === undefined ? failure : { ...failure, field }]);
}

/**
 * Throws unless the caller is an operator: for actions on the service as a whole. `what` completes "only an operator
 * may". A narrowed token never counts as an operator's, see `Principal`.
 */
export async function requireOperator(
  context: AuditContext,
  call: CallInfo,
  action: string,
  what = "do this",
): Promise<void> {
  if (call.caller.operator) return;
  throw await refuse(context, call, action, [{ reason: "OPERATOR_ONLY", message: `only an operator may ${what}` }]);
}
