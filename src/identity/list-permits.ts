import { identitiesOf } from "../rules/access.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { auditRecord } from "../rules/decision-record.ts";
import { intactPermits } from "../rules/permit-row.ts";
import type { Permit } from "../rules/permits.ts";
import { slugProblem } from "../rules/secret-key.ts";
import { requireWellFormed } from "../rules/selection.ts";
import { compareBytes } from "../text/byte-order.ts";
import { type IdentityContext, managesUsers, requireUserManager, tenantOf } from "./directory.ts";
import { loadPermits } from "./load-all-permits.ts";

const action = "permit.list";

/** All permits of a tenant, or of one name. Callers who are not admins get their own and those of their roles. */
export async function listPermits(
  context: IdentityContext,
  call: IdentityCall,
  request: { readonly tenant: string; readonly name: string },
): Promise<readonly Permit[]> {
  const { name } = request;
  requireWellFormed("name", name === "" ? undefined : slugProblem(name));
  const tenant = await tenantOf(context, call, action, request.tenant);
  const isManager = managesUsers(call, tenant);
  const own = identitiesOf(call.caller);
  if (tenant !== call.caller.tenant || (name !== "" && !own.includes(name)))
    await requireUserManager(context, call, action, tenant);
  const names = name === "" ? own : [name];
  const rows =
    name === "" && isManager
      ? (await loadPermits(context, tenant)).permits
      : await intactPermits(context, await context.store.findPermits(tenant, names));
  const permits = rows
    .toSorted((a, b) => compareBytes(a.name, b.name))
    .flatMap((row) => row.patterns.map((pattern) => ({ name: row.name, pattern })));
  const rule = isManager ? "admin" : "own-permits";
  const entry = { action, decision: "allowed", rule, key: name, count: permits.length } as const;
  await context.accessLog.record([{ ...auditRecord(call, context.now(), entry), tenant }]);
  return permits;
}
