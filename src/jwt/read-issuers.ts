import { dirname, isAbsolute, resolve } from "node:path";
import { FAILSAFE_SCHEMA, load, YAMLException } from "js-yaml";
import { limits } from "../limits.ts";
import type { PlainValue } from "./claim-pattern.ts";
import type { ClientEntry } from "./client-entry.ts";
import type { Issuer, KeyLocation } from "./issuer.ts";
import { durationAt, type Entry, IssuerFileError, isMap, textAt } from "./issuer-fields.ts";
import { checkFields, readAlgorithms, urlAt } from "./issuer-parts.ts";
import type { LoginProvider } from "./login-provider.ts";
import { isClientEntry, readClientEntry } from "./read-client-entry.ts";
import { joinLogins, type ReadLogin, type ReadSecret, readLogin } from "./read-login.ts";
import { principalFields, readPrincipalRules } from "./read-principal-rules.ts";

const fieldsKnown = [
  "issuer",
  "audience",
  "jwksUrl",
  "jwksFile",
  "keysMaxAge",
  "algorithms",
  "maxLifetime",
  "type",
  ...principalFields,
] as const;

/** What the file of issuers says. */
export interface IssuerFile {
  /** Of programs: their JWTs are accepted as they are. */
  readonly issuers: readonly Issuer[];
  /** Of programs: the certificates that they show in TLS. */
  readonly clients: readonly ClientEntry[];
  /** Of people, who log in there. */
  readonly providers: readonly LoginProvider[];
}

/**
 * Reads the YAML file of issuers: a map with the list `issuers`. Every scalar is a text. Unknown fields, repeated
 * fields and aliases are errors. Paths in the file are relative to its folder. `readSecret` reads a file with the
 * secret of a client. Throws `IssuerFileError`.
 */
export function readIssuers(text: string, path: string, readSecret: ReadSecret): IssuerFile {
  const root = parse(text);
  if (!isMap(root) || Object.keys(root).join() !== "issuers" || !Array.isArray(root.issuers)) {
    throw new IssuerFileError("must be a map with one field, the list issuers");
  }
  const folder = dirname(path);
  const issuers: (Issuer | undefined)[] = [];
  const clients: (ClientEntry | undefined)[] = [];
  const logins: ReadLogin[] = [];
  for (const [index, entry] of (root.issuers as readonly PlainValue[]).entries()) {
    const at = `issuers[${index}]`;
    if (!isMap(entry)) throw new IssuerFileError(`${at} must be a map`);
    const isClient = isClientEntry(entry);
    const isLogin = !isClient && entry.login !== undefined;
    if (isLogin) logins.push(readLogin(entry, at, (file) => readSecret(resolve(folder, file))));
    const read = isClient ? readClientEntry(entry, at, folder) : undefined;
    clients.push(read?.client);
    issuers.push(isClient || isLogin ? read?.issuer : readIssuer(entry, at, folder));
  }
  checkTogether(issuers);
  checkPrefixes(clients.map((client, index) => client ?? issuers[index]));
  checkKinds(issuers, logins);
  return {
    issuers: issuers.filter((issuer) => issuer !== undefined),
    clients: clients.filter((client) => client !== undefined),
    providers: joinLogins(logins),
  };
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

function readIssuer(entry: Entry, path: string, folder: string): Issuer {
  checkFields(entry, fieldsKnown, path);
  const issuer = textAt(entry, "issuer", path);
  return {
    ...readPrincipalRules(entry, path, `tokens of ${issuer}`),
    issuer,
    audience: textAt(entry, "audience", path),
    keys: readKeyLocation(entry, path, folder),
    keysMaxAgeMs: durationAt(entry, "keysMaxAge", path, limits.issuerKeysMaxAgeMs),
    algorithms: readAlgorithms(entry, path, ["RS256"]),
    maxLifetimeMs: durationAt(entry, "maxLifetime", path, limits.jwtLifetimeMs),
    type: entry.type === undefined ? undefined : textAt(entry, "type", path).toLowerCase(),
  };
}

function readKeyLocation(entry: Entry, path: string, folder: string): KeyLocation {
  if ((entry.jwksUrl === undefined) === (entry.jwksFile === undefined)) {
    throw new IssuerFileError(`${path} must have jwksUrl or jwksFile, and not both`);
  }
  if (entry.jwksFile !== undefined) {
    const file = textAt(entry, "jwksFile", path);
    return { file: isAbsolute(file) ? file : resolve(folder, file) };
  }
  return { url: urlAt(entry, "jwksUrl", path).href };
}

/** Checks rules that concern two entries of programs. Those of people are undefined here. */
function checkTogether(issuers: readonly (Issuer | undefined)[]): void {
  for (const [index, one] of issuers.entries()) {
    for (const [before, other] of issuers.slice(0, index).entries()) {
      if (one === undefined || other === undefined) continue;
      if (one.issuer === other.issuer && one.audience === other.audience) {
        throw new IssuerFileError(`issuers[${index}] has the issuer and audience of issuers[${before}]`);
      }
    }
  }
}

function checkPrefixes(entries: readonly ({ readonly prefix: string } | undefined)[]): void {
  for (const [index, one] of entries.entries()) {
    for (const [before, other] of entries.slice(0, index).entries()) {
      if (one === undefined || other === undefined) continue;
      if (`${one.prefix}-`.startsWith(`${other.prefix}-`) || `${other.prefix}-`.startsWith(`${one.prefix}-`)) {
        const rule = `must not begin like issuers[${before}].prefix, or a name could belong to either of them`;
        throw new IssuerFileError(`issuers[${index}].prefix ${rule}`);
      }
    }
  }
}

/** Otherwise an ID token, which is made for a login, would also be accepted as the token of a program. */
function checkKinds(issuers: readonly (Issuer | undefined)[], logins: readonly ReadLogin[]): void {
  for (const { at, provider } of logins) {
    const same = issuers.findIndex(
      (issuer) => issuer?.issuer === provider.issuer && issuer.audience === provider.clientId,
    );
    if (same < 0) continue;
    throw new IssuerFileError(`${at} has the issuer and audience of issuers[${same}], which has no login`);
  }
}
