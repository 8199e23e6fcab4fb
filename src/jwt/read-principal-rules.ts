import type { PrincipalRules } from "./issuer.ts";
import { type Entry, IssuerFileError, slugAt, textAt, textsAt } from "./issuer-fields.ts";
import { checkVariables, readClaims, readGrants, readTenants } from "./issuer-parts.ts";
import { countReadings, type NameTemplate, parseNameTemplate, variablesOf } from "./name-template.ts";

/** The fields that an entry of programs has whatever they show to the service. */
export const principalFields = [
  "claims",
  "tenant",
  "tenants",
  "prefix",
  "slug",
  "roles",
  "adminClaims",
  "grants",
] as const;

/** `source`: as in `PrincipalRules`. Throws `IssuerFileError`. */
export function readPrincipalRules(entry: Entry, path: string, source: string): PrincipalRules {
  const { claims, adminClaims } = readClaims(entry, path, "slugs");
  const prefix = slugAt(entry, "prefix", path);
  const { tenant, tenants } = readTenants(entry, path);
  const slug = readName(textAt(entry, "slug", path), `${path}.slug`, prefix);
  const roles = textsAt(entry, "roles", path).map((text, index) => readName(text, `${path}.roles[${index}]`, prefix));
  checkVariables(claims, slug, [...roles, tenant], path);
  checkReadings(slug, roles, path);
  return { source, claims, tenant, tenants, prefix, slug, roles, adminClaims, grants: readGrants(entry, path) };
}

function readName(text: string, path: string, prefix: string): NameTemplate {
  const template = parseNameTemplate(`${prefix}-${text}`);
  if (template !== undefined) return template;
  throw new IssuerFileError(`${path} must be words of a-z and 0-9 and {variables}, joined by '-', such as repo-{repo}`);
}

/** Slugs and roles share one set of names, so a role without variables must not equal a possible slug or other role. */
function checkReadings(slug: NameTemplate, roles: readonly NameTemplate[], path: string): void {
  for (const [index, role] of roles.entries()) {
    if (variablesOf(role).length > 0) continue;
    const name = role.map((segment) => (segment.kind === "word" ? segment.word : "")).join("-");
    if (countReadings([slug, ...roles], name) === 1) continue;
    throw new IssuerFileError(
      `${path}.roles[${index}] could also be a slug or another role: give each a word of its own, such as repo-{repo}`,
    );
  }
}
