import { matchClaims } from "../jwt/claim-pattern.ts";
import type { LoginEntry, LoginProvider } from "../jwt/login-provider.ts";
import { type Captures, countReadings, type NameTemplate, renderNames, variablesOf } from "../jwt/name-template.ts";
import { limits } from "../limits.ts";
import type { Grants } from "../rules/grants.ts";
import { slugProblem } from "../rules/secret-key.ts";
import { compareBytes } from "../text/byte-order.ts";
import { toSlug } from "../text/to-slug.ts";

/** Whom the claims of a person name. */
export interface ClaimedUser {
  readonly tenant: string;
  /** For a person who has none yet. */
  readonly slug: string;
  /** To be shown; "" when there is none. */
  readonly displayName: string;
  readonly roles: readonly string[];
  /** Names of groups that fit, and that no role can have. For the log. */
  readonly leftOut: readonly string[];
  readonly admin: boolean;
  readonly grants: Grants;
  readonly autoCreate: boolean;
}

/** Why the claims name no user, in words for the log: they quote no claim. */
export interface ClaimProblem {
  readonly problem: string;
}

/**
 * The user that the claims of a login name, by the first entry that they fit. A slug is made of a name, so several
 * people may get the same one: only the subject identifies a person. A role has to be one as it stands: if "Team.A"
 * became "team-a", a group that anyone may make would be another team.
 */
export function userFromClaims(provider: LoginProvider, claims: object): ClaimedUser | ClaimProblem {
  for (const entry of provider.entries) {
    const captures = matchClaims(entry.claims, claims);
    if (captures !== undefined) return userOf(entry, captures, claims);
  }
  return { problem: "the claims do not fit the file of issuers" };
}

function userOf(entry: LoginEntry, captures: Captures, claims: object): ClaimedUser | ClaimProblem {
  const tenant = one(entry.tenant, captures);
  if (tenant === undefined || !entry.tenants.includes(tenant))
    return { problem: "the claims name no tenant of the file" };
  const slug = one(entry.slug, mapValues(captures, toSlug));
  if (slug === undefined) return { problem: "the claims make no slug" };
  const exact = keepSlugs(captures);
  const rendered = entry.roles.flatMap((template) => renderNames(template, exact));
  const roles = [...new Set(rendered)].filter((name) => countReadings(entry.roles, name) === 1).sort(compareBytes);
  if (roles.length > limits.listEntries) {
    return { problem: `the claims make ${roles.length} roles, and a user has at most ${limits.listEntries}` };
  }
  return {
    tenant,
    slug,
    displayName: displayNameOf(claims as Readonly<Record<string, unknown>>),
    roles,
    leftOut: rolesLeftOut(entry, captures),
    admin: entry.adminClaims !== undefined && matchClaims(entry.adminClaims, claims) !== undefined,
    grants: entry.grants,
    autoCreate: entry.autoCreate,
  };
}

/** A claim that is a list does not name a person or a tenant, even if it has only one entry. */
function one(template: NameTemplate, captures: Captures): string | undefined {
  if (variablesOf(template).some((variable) => captures.get(variable)?.isFromList !== false)) return undefined;
  return renderNames(template, captures)[0];
}

function mapValues(captures: Captures, change: (value: string) => string): Captures {
  const all = [...captures].map(
    ([name, { values, isFromList }]) => [name, { values: values.map(change), isFromList }] as const,
  );
  return new Map(all);
}

const isSlug = (value: string) => slugProblem(value) === undefined;

function keepSlugs(captures: Captures): Captures {
  const all = [...captures].map(
    ([name, { values, isFromList }]) => [name, { values: values.filter(isSlug), isFromList }] as const,
  );
  return new Map(all);
}

function rolesLeftOut({ roles }: LoginEntry, captures: Captures): readonly string[] {
  const variables = new Set(roles.flatMap(variablesOf));
  const values = [...variables].flatMap((variable) => captures.get(variable)?.values ?? []);
  return [...new Set(values.filter((value) => !isSlug(value)))].slice(0, limits.auditNames);
}

/** Characters that would be shown as something else than they are, or not at all. */
const unshown = /[\p{C}\p{Zl}\p{Zp}]/gu;

function displayNameOf(claims: Readonly<Record<string, unknown>>): string {
  for (const field of ["name", "preferred_username", "email"]) {
    const value = claims[field];
    if (typeof value !== "string") continue;
    const shown = [...value.replace(unshown, "").trim()].slice(0, limits.displayNameChars).join("");
    if (shown !== "") return shown;
  }
  return "";
}
