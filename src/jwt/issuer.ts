import { limits } from "../limits.ts";
import type { Principal } from "../rules/access.ts";
import type { Grants } from "../rules/grants.ts";
import { compareBytes } from "../text/byte-order.ts";
import { type ClaimPattern, matchClaims } from "./claim-pattern.ts";
import { type Captures, countReadings, type NameTemplate, renderNames, variablesOf } from "./name-template.ts";

/** The callers that the claims of an entry of the file stand for. */
export interface PrincipalRules {
  /** Where its callers come from, for messages: "tokens of https://issuer.example". */
  readonly source: string;
  readonly claims: ClaimPattern;
  /** A tenant, or the variable that names one. */
  readonly tenant: NameTemplate;
  /** The only tenants that the entry gives access to. */
  readonly tenants: readonly string[];
  /** Every slug and role of the entry begins with this and a dash, and no other name of these tenants does. */
  readonly prefix: string;
  /** The prefix included. */
  readonly slug: NameTemplate;
  /** The prefix included. */
  readonly roles: readonly NameTemplate[];
  /** Claims that make the caller an admin; undefined when no claims do. */
  readonly adminClaims: ClaimPattern | undefined;
  /** What the callers are narrowed to; empty when they are not narrowed. */
  readonly grants: Grants;
}

/** An issuer whose signed tokens are accepted, and the callers that they stand for. */
export interface Issuer extends PrincipalRules {
  /** Claim `iss`, exactly. Of a trust domain: its name, and the claim counts for nothing. */
  readonly issuer: string;
  /** Its tokens are JWT-SVIDs of this SPIFFE trust domain: `sub` is a SPIFFE ID, which is their claim `uri`. */
  readonly trustDomain?: string;
  /** What `aud` must be, or contain. No two entries have the same issuer and audience. */
  readonly audience: string;
  readonly keys: KeyLocation;
  /** How long the keys that were last fetched are trusted when they cannot be fetched again. */
  readonly keysMaxAgeMs: number;
  /** The only signature algorithms that are accepted; all of them asymmetric. */
  readonly algorithms: readonly string[];
  /** A token that is valid for longer than this from now is refused. */
  readonly maxLifetimeMs: number;
  /** The only header `typ`, in lower case; undefined accepts those of plain JWTs and of access tokens. */
  readonly type: string | undefined;
}

export type KeyLocation = { readonly url: string } | { readonly file: string };

/** The claims of a verified token give its caller more roles than a caller may have. */
export interface TooManyRoles {
  readonly roleCount: number;
}

/**
 * The principal that the claims of a verified token stand for. Undefined when the claims do not fit, or do not name one
 * principal in exactly one way. Never an operator. A role that the claims do not make in exactly one way is left out.
 */
export function principalOf(issuer: PrincipalRules, claims: object): Principal | TooManyRoles | undefined {
  const captures = matchClaims(issuer.claims, claims);
  if (captures === undefined) return undefined;
  const tenant = renderOne(issuer.tenant, captures);
  const slug = renderOne(issuer.slug, captures);
  if (tenant === undefined || !issuer.tenants.includes(tenant)) return undefined;
  const templates = [issuer.slug, ...issuer.roles];
  const isClear = (name: string) => countReadings(templates, name) === 1;
  if (slug === undefined || !isClear(slug)) return undefined;
  const rendered = issuer.roles.flatMap((template) => renderNames(template, captures));
  const roles = [...new Set(rendered)].filter(isClear).sort(compareBytes);
  if (roles.length > limits.listEntries) return { roleCount: roles.length };
  const admin = issuer.adminClaims !== undefined && matchClaims(issuer.adminClaims, claims) !== undefined;
  return { tenant, slug, roles, admin, operator: false, grants: issuer.grants };
}

/** A claim that is a list does not name a principal, even if it has only one entry. */
function renderOne(template: NameTemplate, captures: Captures): string | undefined {
  if (variablesOf(template).some((variable) => captures.get(variable)?.isFromList !== false)) return undefined;
  return renderNames(template, captures)[0];
}

/** Whether a name in a tenant is reserved for callers of an entry. */
function isReserved(issuer: PrincipalRules, tenant: string, name: string): boolean {
  return issuer.tenants.includes(tenant) && name.startsWith(`${issuer.prefix}-`);
}

/** The first slug or role of a user that is reserved for callers of an entry, with that entry. */
export function findReserved(
  issuers: readonly PrincipalRules[],
  user: Pick<Principal, "tenant" | "slug" | "roles">,
): { readonly name: string; readonly issuer: PrincipalRules } | undefined {
  for (const issuer of issuers) {
    const name = [user.slug, ...user.roles].find((each) => isReserved(issuer, user.tenant, each));
    if (name !== undefined) return { name, issuer };
  }
  return undefined;
}
