import { identitiesOf, type Principal } from "./access.ts";
import type { Context } from "./context.ts";
import type { CallInfo } from "./decision-record.ts";
import { intactPermits } from "./permit-row.ts";
import { permitsOf, permitsOn } from "./permits.ts";
import { namespaceOf } from "./secret-key.ts";

type Loading = Pick<Context, "store" | "keyring" | "integrity" | "lastChanges" | "isReservedName">;

/**
 * The principal, with the permits that decide whether it may create these keys. They are read anew for each decision,
 * so a permit that was taken away has no effect from then on. Nothing is read for admins and for keys under the own
 * slug.
 */
export async function withPermits(context: Loading, principal: Principal, keys: readonly string[]): Promise<Principal> {
  if (principal.admin) return principal;
  const { tenant, slug } = principal;
  const asked = keys.filter((key) => namespaceOf(key) !== slug);
  if (asked.length === 0) return principal;
  const names = identitiesOf(principal);
  const held = permitsOf(await intactPermits(context, await context.store.findPermits(tenant, names)), names);
  if (held.length === 0) return principal;
  const matched = asked.filter((key) => permitsOn({ held, closed: new Set() }, key).length > 0);
  return { ...principal, permits: { held, closed: await closedNamespaces(context, tenant, matched) } };
}

/** A call of this principal. */
export async function callWithPermits<Call extends CallInfo>(
  context: Loading,
  call: Call,
  keys: readonly string[],
): Promise<Call> {
  return { ...call, caller: { ...call.caller, ...(await withPermits(context, call.caller, keys)) } };
}

/** The first segments of keys that are slugs, also of users who were removed and of principals of token issuers. */
export async function closedNamespaces(
  { store, isReservedName }: Loading,
  tenant: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const closed = new Set<string>();
  for (const namespace of new Set(keys.flatMap((key) => namespaceOf(key) ?? []))) {
    const isTaken =
      isReservedName?.(tenant, namespace) === true || (await store.findUser(tenant, namespace)) !== undefined;
    if (isTaken) closed.add(namespace);
  }
  return closed;
}
