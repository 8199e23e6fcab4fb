import type { Failure } from "../error.ts";
import { defaultQuotas } from "../limits.ts";
import { type OverQuota, type UsageLimits, wholeTenant } from "../store/usage.ts";

/** Names of the limits, which are those of the fields in the contract. */
export const quotaNames = Object.keys(defaultQuotas) as readonly QuotaName[];

export type QuotaName = keyof typeof defaultQuotas;

/** What the users of a tenant, and the tenant, may have. `Infinity`: no limit. */
export type Quotas = Readonly<Record<QuotaName, number>>;

/** Where the limits of a tenant come from. */
export interface QuotaSource {
  /** Those of the settings, and in their place those that an operator set for the tenant. */
  of(tenant: string): Promise<Quotas> | Quotas;
  /** Those that an operator set for the tenant. */
  ownOf(tenant: string): Promise<OwnQuotas>;
  /**
   * Takes room for an answer that is stored for a day, because its request may be repeated. Returns 0, or the time to
   * wait in ms when the user has stored too much.
   */
  takeAnswer(tenant: string, slug: string, bytes: number): number;
  /** Must be called after the limits of a tenant were changed. */
  forget(tenant: string): Promise<void>;
}

/** The limits of one tenant that differ from those of the settings. */
export type OwnQuotas = Readonly<Partial<Record<QuotaName, number>>>;

/** A limit this high is as good as none, and is still a safe number in every language. */
export const quotaMax = Number.MAX_SAFE_INTEGER;

/** Reads what `encodeOwnQuotas` wrote. What was edited into something else counts as not set. */
export function decodeOwnQuotas(text: string | undefined): OwnQuotas {
  const own: Partial<Record<QuotaName, number>> = {};
  for (const name of quotaNames) {
    const limit = fieldsOf(text)[name];
    if (Number.isSafeInteger(limit) && (limit as number) >= 0) own[name] = limit as number;
  }
  return own;
}

/** As text for the store, always in the same order. "" when nothing is set. */
export function encodeOwnQuotas(own: OwnQuotas): string {
  const fields = quotaNames.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]] as const]));
  return fields.length === 0 ? "" : JSON.stringify(Object.fromEntries(fields));
}

function fieldsOf(text: string | undefined): Record<string, unknown> {
  try {
    const fields: unknown = JSON.parse(text ?? "{}");
    return typeof fields === "object" && fields !== null ? { ...fields } : {};
  } catch {
    return {};
  }
}

/** The limits that a commit of secrets must keep. */
export function usageLimitsOf(quotas: Quotas): UsageLimits {
  return {
    user: { secrets: quotas.userSecrets, bytes: quotas.userBytes },
    tenant: { secrets: quotas.tenantSecrets, bytes: quotas.tenantBytes },
  };
}

/** What a commit of secrets was refused for. */
export function usageFailure(over: OverQuota): Failure {
  return quotaFailure({ ...over, field: "secrets" });
}

export interface ExceededQuota {
  /** `wholeTenant` for the tenant. */
  readonly slug: string;
  readonly resource: "secrets" | "bytes" | "tokens" | "watches";
  readonly limit: number;
  readonly actual: number;
  /** The field of the request; "" when it is about the call as a whole. */
  readonly field: string;
}

const things: Readonly<Record<ExceededQuota["resource"], string>> = {
  secrets: "secrets",
  bytes: "bytes of secrets with their history",
  tokens: "live tokens",
  watches: "open watches on this process",
};

const advice: Readonly<Record<ExceededQuota["resource"], string>> = {
  secrets: "remove secrets that no one needs",
  bytes: "an admin can purge removed secrets and old versions",
  tokens: "revoke tokens that no one needs",
  watches: "close watches that no one needs",
};

/** Names the limit, and what there would be. */
export function quotaFailure({ slug, resource, limit, actual, field }: ExceededQuota): Failure {
  const subject = slug === wholeTenant ? "the tenant" : slug;
  const message =
    `${subject} would have ${actual} ${things[resource]}, and may have ${limit}: ` +
    `${advice[resource]}, or ask an operator for a higher quota`;
  return { reason: "QUOTA_EXCEEDED", message, ...(field === "" ? {} : { field }), limit, actual };
}
