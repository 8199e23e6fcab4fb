import { SecretError } from "../error.ts";
import { checkGrants, type GrantInput } from "../rules/grants.ts";
import { asymmetricAlgorithms } from "./asymmetric-algorithms.ts";
import {
  type ClaimPattern,
  ClaimPatternError,
  capturedBy,
  type PlainValue,
  parseClaimPattern,
  type VariableKind,
} from "./claim-pattern.ts";
import type { Issuer } from "./issuer.ts";
import { checkSlug, type Entry, IssuerFileError, isMap, textAt, textsAt } from "./issuer-fields.ts";
import { type NameTemplate, parseNameTemplate, variablesOf } from "./name-template.ts";

/** An http URL is taken only on this machine. */
export function urlAt(entry: Entry, field: string, path: string): URL {
  const text = textAt(entry, field, path);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = url?.protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
  if (url !== undefined && (url.protocol === "https:" || isHere) && url.username === "" && url.password === "") {
    return url;
  }
  throw new IssuerFileError(`${path}.${field} must be an https URL without a user (http only on this machine)`);
}

/** The signatures that are accepted; `usual` when the field is left out. */
export function readAlgorithms(entry: Entry, path: string, usual: readonly string[]): readonly string[] {
  if (entry.algorithms === undefined) return usual;
  const algorithms = textsAt(entry, "algorithms", path);
  const isKnown = (name: string) => asymmetricAlgorithms.includes(name);
  if (algorithms.length > 0 && algorithms.every(isKnown)) return algorithms;
  throw new IssuerFileError(`${path}.algorithms must be some of ${asymmetricAlgorithms.join(", ")}`);
}

/** Throws `IssuerFileError` for a field that is not in `known`. */
export function checkFields(entry: Entry, known: readonly string[], path: string): void {
  const unknown = Object.keys(entry).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new IssuerFileError(`${path} has an unknown field ${JSON.stringify(unknown)}`);
}

/** The claims that let a caller in, and those that make one an admin. */
export function readClaims(
  entry: Entry,
  path: string,
  variables: VariableKind,
): { readonly claims: ClaimPattern; readonly adminClaims: ClaimPattern | undefined } {
  const claims = readPattern(entry, "claims", path, variables);
  if (claims === undefined) throw new IssuerFileError(`${path}.claims is missing: it says which tokens are let in`);
  const adminClaims = readPattern(entry, "adminClaims", path, variables);
  if (adminClaims !== undefined && capturedBy(adminClaims).length > 0) {
    throw new IssuerFileError(`${path}.adminClaims must not have a {variable}`);
  }
  return { claims, adminClaims };
}

function readPattern(entry: Entry, field: string, path: string, variables: VariableKind): ClaimPattern | undefined {
  const value = entry[field];
  if (value === undefined) return undefined;
  if (!isMap(value)) throw new IssuerFileError(`${path}.${field} must be a map of claims`);
  try {
    return parseClaimPattern(value, variables);
  } catch (error) {
    if (error instanceof ClaimPatternError) {
      throw new IssuerFileError(`${path}.${field}${error.path} ${error.rule}`);
    }
    throw error;
  }
}

/** Either one tenant, or a variable and the list of the tenants that it may name. */
export function readTenants(entry: Entry, path: string): Pick<Issuer, "tenant" | "tenants"> {
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

/** Every variable that is captured is used, and the other way round. */
export function checkVariables(
  claims: ClaimPattern,
  slug: NameTemplate,
  others: readonly NameTemplate[],
  path: string,
): void {
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

/** What the callers are narrowed to. */
export function readGrants(entry: Entry, path: string): Issuer["grants"] {
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
