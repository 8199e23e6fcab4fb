import { isAbsolute, resolve } from "node:path";
import { limits } from "../limits.ts";
import type { AuthorityLocation, ClientEntry } from "./client-entry.ts";
import type { Issuer, PrincipalRules } from "./issuer.ts";
import { durationAt, type Entry, IssuerFileError, isMap, textAt } from "./issuer-fields.ts";
import { checkFields, readAlgorithms, urlAt } from "./issuer-parts.ts";
import { principalFields, readPrincipalRules } from "./read-principal-rules.ts";
import { isTrustDomain } from "./spiffe-id.ts";

const fieldsKnown = ["clientCa", "keysMaxAge", "maxLifetime", ...principalFields] as const;
const spiffeFields = ["trustDomain", "bundleFile", "bundleUrl", "audience", "algorithms"] as const;

/** What a certificate may claim. The common name is not among them: authorities do not check what it says. */
const claimsKnown: readonly string[] = ["uri", "dns", "email", "subject"];

/** Parts of a subject that say where something belongs, and not what it is called. */
export const subjectParts: readonly string[] = ["C", "ST", "L", "O", "OU", "DC"];

/** Whether an entry is about certificates of clients, and not about tokens or logins. */
export function isClientEntry(entry: Entry): boolean {
  return entry.trustDomain !== undefined || entry.clientCa !== undefined;
}

/** An entry of clients. */
export interface ReadClient {
  readonly client: ClientEntry;
  /** Of a trust domain whose workloads may show JWT-SVIDs instead. */
  readonly issuer: Issuer | undefined;
}

/** Reads an entry of clients that show a certificate. Throws `IssuerFileError`. */
export function readClientEntry(entry: Entry, path: string, folder: string): ReadClient {
  const trustDomain = readTrustDomain(entry, path);
  checkFields(entry, trustDomain === undefined ? fieldsKnown : [...fieldsKnown, ...spiffeFields], path);
  checkClaims(entry, path, trustDomain);
  const authorities = readAuthorities(entry, path, folder);
  const source = trustDomain === undefined ? "certificates of clients" : `the trust domain ${trustDomain}`;
  const rules = readPrincipalRules(entry, path, source);
  const authoritiesMaxAgeMs = durationAt(entry, "keysMaxAge", path, limits.issuerKeysMaxAgeMs);
  const maxLifetimeMs = durationAt(entry, "maxLifetime", path, limits.clientCertificateLifetimeMs);
  return {
    client: { ...rules, trustDomain, authorities, authoritiesMaxAgeMs, maxLifetimeMs },
    issuer: readTokens(entry, path, trustDomain, authorities, rules),
  };
}

/** Without an audience there are no tokens: one that was made for another service must not count here. */
function readTokens(
  entry: Entry,
  path: string,
  trustDomain: string | undefined,
  keys: AuthorityLocation,
  rules: PrincipalRules,
): Issuer | undefined {
  if (entry.audience === undefined) {
    if (entry.algorithms !== undefined) throw new IssuerFileError(`${path}.algorithms goes with audience`);
    return undefined;
  }
  if (trustDomain === undefined || ("format" in keys && keys.format === "pem")) {
    throw new IssuerFileError(`${path}.audience is for JWT-SVIDs: it goes with bundleFile or bundleUrl`);
  }
  return {
    ...rules,
    issuer: `spiffe://${trustDomain}`,
    trustDomain,
    audience: textAt(entry, "audience", path),
    keys,
    keysMaxAgeMs: durationAt(entry, "keysMaxAge", path, limits.issuerKeysMaxAgeMs),
    algorithms: readAlgorithms(entry, path, ["ES256", "RS256"]),
    maxLifetimeMs: durationAt(entry, "maxLifetime", path, limits.jwtLifetimeMs),
    type: undefined,
  };
}

function readTrustDomain(entry: Entry, path: string): string | undefined {
  if (entry.trustDomain === undefined) return undefined;
  const trustDomain = textAt(entry, "trustDomain", path);
  if (isTrustDomain(trustDomain)) return trustDomain;
  throw new IssuerFileError(`${path}.trustDomain must be a name such as a.example, of a-z 0-9 . - _`);
}

function readAuthorities(entry: Entry, path: string, folder: string): AuthorityLocation {
  const [field, ...others] = ["clientCa", "bundleFile", "bundleUrl"].filter((name) => entry[name] !== undefined);
  if (field === undefined || others.length > 0) {
    throw new IssuerFileError(`${path} must have one of clientCa, bundleFile and bundleUrl`);
  }
  if (field === "bundleUrl") return { url: urlAt(entry, field, path).href };
  const file = textAt(entry, field, path);
  const format = field === "bundleFile" ? "bundle" : "pem";
  return { file: isAbsolute(file) ? file : resolve(folder, file), format };
}

function checkClaims(entry: Entry, path: string, trustDomain: string | undefined): void {
  for (const field of ["claims", "adminClaims"]) {
    const claims = entry[field];
    if (!isMap(claims)) continue;
    const known = trustDomain === undefined ? claimsKnown : ["uri"];
    const other = Object.keys(claims).find((name) => !known.includes(name));
    if (other !== undefined) {
      throw new IssuerFileError(`${path}.${field}.${other} is not one of ${known.join(", ")}`);
    }
    const { subject } = claims;
    if (subject === undefined) continue;
    const isKnown = isMap(subject) && Object.keys(subject).every((part) => subjectParts.includes(part));
    if (!isKnown) throw new IssuerFileError(`${path}.${field}.subject must be a map of ${subjectParts.join(", ")}`);
  }
}
