import { isAbsolute, resolve } from "node:path";
import { limits } from "../limits.ts";
import type { AuthorityLocation, ClientEntry } from "./client-entry.ts";
import { durationAt, type Entry, IssuerFileError, isMap, textAt } from "./issuer-fields.ts";
import { checkFields } from "./issuer-parts.ts";
import { principalFields, readPrincipalRules } from "./read-principal-rules.ts";
import { isTrustDomain } from "./spiffe-id.ts";

const fieldsKnown = ["trustDomain", "clientCa", "bundleFile", "keysMaxAge", "maxLifetime", ...principalFields] as const;

/** What a certificate may claim. The common name is not among them: authorities do not check what it says. */
const claimsKnown: readonly string[] = ["uri", "dns", "email", "subject"];

/** Parts of a subject that say where something belongs, and not what it is called. */
export const subjectParts: readonly string[] = ["C", "ST", "L", "O", "OU", "DC"];

/** Whether an entry is about certificates of clients, and not about tokens or logins. */
export function isClientEntry(entry: Entry): boolean {
  return entry.trustDomain !== undefined || entry.clientCa !== undefined;
}

/** Reads an entry of clients that show a certificate. Throws `IssuerFileError`. */
export function readClientEntry(entry: Entry, path: string, folder: string): ClientEntry {
  checkFields(entry, fieldsKnown, path);
  const trustDomain = readTrustDomain(entry, path);
  checkClaims(entry, path, trustDomain);
  const authorities = readAuthorities(entry, path, folder);
  const source = trustDomain === undefined ? `certificates of ${authorities.file}` : `the trust domain ${trustDomain}`;
  return {
    ...readPrincipalRules(entry, path, source),
    trustDomain,
    authorities,
    authoritiesMaxAgeMs: durationAt(entry, "keysMaxAge", path, limits.issuerKeysMaxAgeMs),
    maxLifetimeMs: durationAt(entry, "maxLifetime", path, limits.clientCertificateLifetimeMs),
  };
}

function readTrustDomain(entry: Entry, path: string): string | undefined {
  if (entry.trustDomain === undefined) return undefined;
  const trustDomain = textAt(entry, "trustDomain", path);
  if (isTrustDomain(trustDomain)) return trustDomain;
  throw new IssuerFileError(`${path}.trustDomain must be a name such as a.example, of a-z 0-9 . - _`);
}

function readAuthorities(entry: Entry, path: string, folder: string): AuthorityLocation {
  if ((entry.clientCa === undefined) === (entry.bundleFile === undefined)) {
    throw new IssuerFileError(`${path} must have clientCa or bundleFile, and not both`);
  }
  const isBundle = entry.bundleFile !== undefined;
  const file = textAt(entry, isBundle ? "bundleFile" : "clientCa", path);
  return { file: isAbsolute(file) ? file : resolve(folder, file), format: isBundle ? "bundle" : "pem" };
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
