import { dirname, isAbsolute, resolve } from "node:path";
import { FAILSAFE_SCHEMA, load, YAMLException } from "js-yaml";
import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import { checkGrants, type GrantInput } from "../rules/grants.ts";
import {
  type ClaimPattern,
  ClaimPatternError,
  capturedBy,
  type PlainValue,
  parseClaimPattern,
} from "./claim-pattern.ts";
import type { Issuer, KeyLocation } from "./issuer.ts";
import { checkSlug, durationAt, type Entry, IssuerFileError, isMap, slugAt, textAt, textsAt } from "./issuer-fields.ts";
import { countReadings, type NameTemplate, parseNameTemplate, variablesOf } from "./name-template.ts";

/** Only signatures that need the issuer's private key: checking tokens must not enable anyone to make them. */
const algorithmsKnown = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;

const fieldsKnown = [
  "issuer",
  "audience",
  "jwksUrl",
  "jwksFile",
  "keysMaxAge",
  "algorithms",
  "maxLifetime",
  "type",
  "claims",
  "tenant",
  "tenants",
  "prefix",
  "slug",
  "roles",
  "adminClaims",
  "grants",
] as const;

/**
 * Reads the YAML file of issuers: a map with the list `issuers`. Every scalar is a text. Unknown fields, repeated
 * fields and aliases are errors. Paths in the file are relative to its folder. Throws `IssuerFileError`.
 */
export function readIssuers(text: string, path: string): readonly Issuer[] {
  const root = parse(text);
  if (!isMap(root) || Object.keys(root).join() !== "issuers" || !Array.isArray(root.issuers)) {
    throw new IssuerFileError("must be a map with one field, the list issuers");
  }
  const issuers = (root.issuers as readonly PlainValue[]).map((entry, index) =>
    readIssuer(entry, `issuers[${index}]`, dirname(path)),
  );
  checkTogether(issuers);
  return issuers;
}

function parse(text: string): unknown {
  try {
    return load(text, { schema: FAILSAFE_SCHEMA, maxDepth: 12, maxAliases: 0 });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark === undefined || error.mark === null ? "" : ` in line ${error.mark.line + 1}`;
    throw new IssuerFileError(`is not valid YAML${line}: ${error.reason}`);
  }
}

function readIssuer(entry: PlainValue, path: string, folder: string): Issuer {
  if (!isMap(entry)) throw new IssuerFileError(`${path} must be a map`);
  const unknown = Object.keys(entry).find((name) => !fieldsKnown.some((known) => known === name));
  if (unknown !== undefined) throw new IssuerFileError(`${path} has an unknown field ${JSON.stringify(unknown)}`);
  const claims = readPattern(entry, "claims", path);
  if (claims === undefined) throw new IssuerFileError(`${path}.claims is missing: it says which tokens are let in`);
  const adminClaims = readPattern(entry, "adminClaims", path);
  if (adminClaims !== undefined && capturedBy(adminClaims).length > 0) {
    throw new IssuerFileError(`${path}.adminClaims must not have a {variable}`);
  }
  const prefix = slugAt(entry, "prefix", path);
  const { tenant, tenants } = readTenants(entry, path);
  const slug = readName(textAt(entry, "slug", path), `${path}.slug`, prefix);
  const roles = textsAt(entry, "roles", path).map((text, index) => readName(text, `${path}.roles[${index}]`, prefix));
  checkVariables(claims, slug, [...roles, tenant], path);
  checkReadings(slug, roles, path);
  return {
    issuer: textAt(entry, "issuer", path),
    audience: textAt(entry, "audience", path),
    keys: readKeyLocation(entry, path, folder),
    keysMaxAgeMs: durationAt(entry, "keysMaxAge", path, limits.issuerKeysMaxAgeMs),
    algorithms: readAlgorithms(entry, path),
    maxLifetimeMs: durationAt(entry, "maxLifetime", path, limits.jwtLifetimeMs),
    type: entry.type === undefined ? undefined : textAt(entry, "type", path).toLowerCase(),
    claims,
    tenant,
    tenants,
    prefix,
    slug,
    roles,
    adminClaims,
    grants: readGrants(entry, path),
  };
}

function readPattern(entry: Entry, field: string, path: string): ClaimPattern | undefined {
  const value = entry[field];
  if (value === undefined) return undefined;
  if (!isMap(value)) throw new IssuerFileError(`${path}.${field} must be a map of claims`);
  try {
    return parseClaimPattern(value);
  } catch (error) {
    if (error instanceof ClaimPatternError) {
      throw new IssuerFileError(`${path}.${field}${error.path} ${error.rule}`);
    }
    throw error;
  }
}

/** Either one tenant, or a variable and the list of the tenants that it may name. */
function readTenants(entry: Entry, path: string): Pick<Issuer, "tenant" | "tenants"> {
  const text = textAt(entry, "tenant", path);
  const template = parseNameTemplate(text);
  const [variable] = template === undefined ? [] : variablesOf(template);
  if (template !== undefined && template.length === 1 && variable !== undefined) {
    const tenants = textsAt(entry, "tenants", path);
    if (tenants.length === 0) {
      throw new IssuerFileError(`${path}.tenants must list the tenants that ${text} may name`);
    }
    for (const [index, tenant] of tenants.entries()) checkSlug(tenant, `${path}.tenants[${index}]`);
    return { tenant: template, tenants };
  }
  checkSlug(text, `${path}.tenant`);
  if (entry.tenants !== undefined) {
    throw new IssuerFileError(`${path}.tenants goes with a tenant that is a variable, such as "{org}"`);
  }
  return { tenant: template ?? [], tenants: [text] };
}

function readName(text: string, path: string, prefix: string): NameTemplate {
  const template = parseNameTemplate(`${prefix}-${text}`);
  if (template !== undefined) return template;
  throw new IssuerFileError(`${path} must be words of a-z and 0-9 and {variables}, joined by '-', such as repo-{repo}`);
}

function checkVariables(claims: ClaimPattern, slug: NameTemplate, others: readonly NameTemplate[], path: string): void {
  const captured = capturedBy(claims);
  const repeated = captured.find((variable, index) => captured.indexOf(variable) !== index);
  if (repeated !== undefined) throw new IssuerFileError(`${path}.claims must not capture {${repeated}} twice`);
  const used = [slug, ...others].flatMap(variablesOf);
  const missing = used.find((variable) => !captured.includes(variable));
  if (missing !== undefined) throw new IssuerFileError(`${path}.claims must capture {${missing}}, which is used`);
  const unused = captured.find((variable) => !used.includes(variable));
  if (unused !== undefined) {
    const hint = "use it in slug, roles or tenant, or write down which text it must be";
    throw new IssuerFileError(`${path}.claims captures {${unused}}, which is not used: ${hint}`);
  }
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

function readKeyLocation(entry: Entry, path: string, folder: string): KeyLocation {
  if ((entry.jwksUrl === undefined) === (entry.jwksFile === undefined)) {
    throw new IssuerFileError(`${path} must have jwksUrl or jwksFile, and not both`);
  }
  if (entry.jwksFile !== undefined) {
    const file = textAt(entry, "jwksFile", path);
    return { file: isAbsolute(file) ? file : resolve(folder, file) };
  }
  const text = textAt(entry, "jwksUrl", path);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = url?.protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
  if (url === undefined || !(url.protocol === "https:" || isHere) || url.username !== "" || url.password !== "") {
    throw new IssuerFileError(`${path}.jwksUrl must be an https URL without a user (http only on this machine)`);
  }
  return { url: url.href };
}

function readAlgorithms(entry: Entry, path: string): readonly string[] {
  if (entry.algorithms === undefined) return ["RS256"];
  const algorithms = textsAt(entry, "algorithms", path);
  const isKnown = (name: string) => algorithmsKnown.some((known) => known === name);
  if (algorithms.length > 0 && algorithms.every(isKnown)) return algorithms;
  throw new IssuerFileError(`${path}.algorithms must be some of ${algorithmsKnown.join(", ")}`);
}

function readGrants(entry: Entry, path: string): Issuer["grants"] {
  if (entry.grants === undefined) return [];
  const field = `${path}.grants`;
  const list = entry.grants;
  if (!Array.isArray(list) || list.length === 0) {
    throw new IssuerFileError(`${field} must be a list with at least one grant; leave it out to narrow nothing`);
  }
  const inputs = (list as readonly PlainValue[]).map((grant, index): GrantInput => {
    const at = `${field}[${index}]`;
    if (!isMap(grant) || Object.keys(grant).sort().join() !== "action,keyPatterns") {
      throw new IssuerFileError(`${at} must be a map with action and keyPatterns`);
    }
    return { action: textAt(grant, "action", at), keyPatterns: textsAt(grant, "keyPatterns", at) };
  });
  try {
    return checkGrants(inputs, field);
  } catch (error) {
    if (error instanceof SecretError) throw new IssuerFileError(error.failures[0].message);
    throw error;
  }
}

/** Checks rules that concern two entries. */
function checkTogether(issuers: readonly Issuer[]): void {
  for (const [index, one] of issuers.entries()) {
    for (const [before, other] of issuers.slice(0, index).entries()) {
      if (one.issuer === other.issuer && one.audience === other.audience) {
        throw new IssuerFileError(`issuers[${index}] has the issuer and audience of issuers[${before}]`);
      }
      if (`${one.prefix}-`.startsWith(`${other.prefix}-`) || `${other.prefix}-`.startsWith(`${one.prefix}-`)) {
        const rule = `must not begin like issuers[${before}].prefix, or a name could belong to either of them`;
        throw new IssuerFileError(`issuers[${index}].prefix ${rule}`);
      }
    }
  }
}
