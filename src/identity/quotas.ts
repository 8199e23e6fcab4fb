import { type Failure, SecretError, throwAny } from "../error.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { auditRecord } from "../rules/decision-record.ts";
import { encodeOwnQuotas, type OwnQuotas, type QuotaName, quotaMax, quotaNames } from "../rules/quota.ts";
import { requireOperator } from "../rules/require-role.ts";
import { slugProblem } from "../rules/secret-key.ts";
import { requireWellFormed } from "../rules/selection.ts";
import { wholeTenant } from "../store/usage.ts";
import { changeIdentities, type IdentityContext, requireUserManager, tenantOf } from "./directory.ts";
import { describeUsage, type ShownUsage } from "./usage.ts";

export interface QuotasAnswer {
  readonly tenant: ShownUsage;
  readonly user: ShownUsage;
  readonly own: OwnQuotas;
}

/** What a tenant and one of its users have and may have. Admins only; operators may ask about any tenant. */
export async function getQuotas(
  context: IdentityContext,
  call: IdentityCall,
  request: { readonly tenant: string; readonly slug: string },
): Promise<QuotasAnswer> {
  const action = "quota.show";
  const slug = request.slug === "" ? call.caller.slug : request.slug;
  requireWellFormed("slug", slugProblem(slug));
  const tenant = await tenantOf(context, call, action, request.tenant);
  if (!call.caller.operator) await requireUserManager(context, call, action, tenant);
  const [ofTenant, user, own] = await Promise.all([
    describeUsage(context, tenant, wholeTenant),
    describeUsage(context, tenant, slug),
    context.quotas.ownOf(tenant),
  ]);
  const rule = call.caller.operator ? "operator" : "admin";
  const entry = { action, decision: "allowed", rule, names: [slug] } as const;
  await context.accessLog.record([{ ...auditRecord(call, context.now(), entry), tenant }]);
  return { tenant: ofTenant, user, own };
}

export interface SetQuotasRequest {
  readonly tenant: string;
  /** Those that change. */
  readonly quotas: OwnQuotas;
  /** Those that go back to the settings. */
  readonly clear: readonly string[];
}

/**
 * Gives a tenant limits of its own. Operators only: an admin must not raise what protects other tenants from theirs. In
 * force at once on this process, and within seconds on the others.
 */
export async function setQuotas(
  context: IdentityContext,
  call: IdentityCall,
  request: SetQuotasRequest,
): Promise<OwnQuotas> {
  const action = "quota.set";
  checkRequest(request);
  const tenant = await tenantOf(context, call, action, request.tenant);
  await requireOperator(context, call, action, "change quotas");
  const own = await changeIdentities(context, call, tenant, async () => {
    const cleared = new Set(request.clear);
    const before = Object.entries(await context.quotas.ownOf(tenant)).filter(([name]) => !cleared.has(name));
    const after: OwnQuotas = { ...Object.fromEntries(before), ...request.quotas };
    const names = quotaNames.map((name) => `${name}=${after[name] ?? "default"}`);
    const audit = [{ action, decision: "allowed", rule: "operator", names }] as const;
    return { users: [], tokens: [], quotas: encodeOwnQuotas(after), audit, result: after };
  });
  await context.quotas.forget(tenant);
  return own;
}

function checkRequest({ quotas, clear }: SetQuotasRequest): void {
  const given = quotaNames.filter((name) => quotas[name] !== undefined);
  if (given.length + clear.length === 0) {
    throw new SecretError({ reason: "INVALID_FIELD", message: "quotas or clear must name a limit", field: "quotas" });
  }
  throwAny([...given.flatMap((name) => limitFailures(name, quotas[name] ?? 0)), ...clearFailures(clear, given)]);
}

function limitFailures(name: QuotaName, limit: number): Failure[] {
  if (limit <= quotaMax) return [];
  const field = `quotas.${name}`;
  return [{ reason: "LIMIT_EXCEEDED", message: `${field} must be at most ${quotaMax}`, field, limit: quotaMax }];
}

function clearFailures(clear: readonly string[], given: readonly QuotaName[]): Failure[] {
  return clear.flatMap((name, at): Failure[] => {
    const field = `clear[${at}]`;
    const known = quotaNames.find((each) => each === name);
    if (known === undefined) {
      return [{ reason: "INVALID_FIELD", message: `${field} must be one of ${quotaNames.join(", ")}`, field }];
    }
    if (!given.includes(known)) return [];
    return [{ reason: "CONFLICTING_FIELDS", message: `${known} must not be given and cleared at once`, field }];
  });
}
