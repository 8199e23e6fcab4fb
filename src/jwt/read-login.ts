import { isDeepStrictEqual } from "node:util";
import { limits } from "../limits.ts";
import { toSlug } from "../text/to-slug.ts";
import { durationAt, type Entry, IssuerFileError, isMap, textAt, textsAt } from "./issuer-fields.ts";
import { checkFields, checkVariables, readClaims, readGrants, readTenants, urlAt } from "./issuer-parts.ts";
import type { ClientAuth, LoginEntry, LoginProvider } from "./login-provider.ts";
import { type NameTemplate, parseNameTemplate } from "./name-template.ts";

/** Reads a file with the secret of a client. Throws `IssuerFileError`. */
export type ReadSecret = (file: string) => string;

/** One entry with `login`. `at` is its place in the file. */
export interface ReadLogin {
  readonly at: string;
  readonly provider: Omit<LoginProvider, "entries">;
  readonly entry: LoginEntry;
}

const entryFields = ["issuer", "audience", "claims", "tenant", "tenants", "slug", "roles", "adminClaims", "grants"];

/** Fields of entries without `login`. In an entry with it they would have no effect. */
const programFields = ["jwksUrl", "jwksFile", "keysMaxAge", "algorithms", "maxLifetime", "type", "prefix"];

const loginFields = [
  "name",
  "clientSecretFile",
  "clientAuth",
  "scopes",
  "session",
  "userInfo",
  "prompt",
  "maxAge",
  "autoCreate",
];

/** Shown on a button. */
const nameForm = /^[\p{L}\p{N}][\p{L}\p{N} .,&'()+-]{0,39}$/u;

/** Reads an entry of people. Throws `IssuerFileError`. */
export function readLogin(entry: Entry, at: string, readSecret: ReadSecret): ReadLogin {
  const misplaced = programFields.find((name) => entry[name] !== undefined);
  if (misplaced !== undefined) throw new IssuerFileError(`${at}.${misplaced} does not go with login`);
  checkFields(entry, [...entryFields, "login"], at);
  const { login } = entry;
  if (!isMap(login)) throw new IssuerFileError(`${at}.login must be a map`);
  checkFields(login, loginFields, `${at}.login`);
  const { claims, adminClaims } = readClaims(entry, at, "names");
  const { tenant, tenants } = readTenants(entry, at);
  const slug = readName(textAt(entry, "slug", at), `${at}.slug`);
  const roles = textsAt(entry, "roles", at).map((text, index) => readName(text, `${at}.roles[${index}]`));
  checkVariables(claims, slug, [...roles, tenant], at);
  urlAt(entry, "issuer", at);
  const provider = readProvider(entry, login, `${at}.login`, readSecret);
  const autoCreate = flagAt(login, "autoCreate", `${at}.login`, true);
  return {
    at,
    provider,
    entry: { claims, tenant, tenants, slug, roles, adminClaims, grants: readGrants(entry, at), autoCreate },
  };
}

/** Entries of the same issuer and client are one provider, and must agree on what it is. */
export function joinLogins(logins: readonly ReadLogin[]): readonly LoginProvider[] {
  const joined: { readonly at: string; readonly provider: LoginProvider & { entries: LoginEntry[] } }[] = [];
  for (const { at, provider, entry } of logins) {
    const same = joined.find(
      ({ provider: { issuer, clientId } }) => issuer === provider.issuer && clientId === provider.clientId,
    );
    if (same === undefined) {
      const named = joined.find(({ provider: { id } }) => id === provider.id);
      if (named !== undefined) throw new IssuerFileError(`${at}.login.name is too much like that of ${named.at}`);
      joined.push({ at, provider: { ...provider, entries: [entry] } });
      continue;
    }
    const { entries: _entries, ...before } = same.provider;
    if (!isDeepStrictEqual(before, provider)) {
      const but = "apart from autoCreate, since both are one client of one issuer";
      throw new IssuerFileError(`${at}.login must be as that of ${same.at}, ${but}`);
    }
    same.provider.entries.push(entry);
  }
  return joined.map(({ provider }) => provider);
}

function readProvider(entry: Entry, login: Entry, at: string, readSecret: ReadSecret): ReadLogin["provider"] {
  const name = textAt(login, "name", at);
  if (!nameForm.test(name)) {
    throw new IssuerFileError(`${at}.name must be at most 40 letters, digits, spaces and .,&'()+-`);
  }
  const id = toSlug(name);
  if (id === "") throw new IssuerFileError(`${at}.name must have a letter of a-z or a digit`);
  const clientSecret =
    login.clientSecretFile === undefined ? undefined : readSecret(textAt(login, "clientSecretFile", at));
  if (clientSecret === "") throw new IssuerFileError(`${at}.clientSecretFile is empty`);
  const scopes = login.scopes === undefined ? ["openid", "email", "profile"] : textsAt(login, "scopes", at);
  if (!scopes.includes("openid") || scopes.some((scope) => !/^[!#-[\]-~]+$/.test(scope))) {
    throw new IssuerFileError(`${at}.scopes must be scopes, and one of them openid`);
  }
  const sessionMs = durationAt(login, "session", at, limits.sessionMs);
  if (sessionMs < limits.sessionMinMs || sessionMs > limits.sessionMaxMs) {
    throw new IssuerFileError(`${at}.session must be between 15m and 24h`);
  }
  return {
    id,
    name,
    issuer: textAt(entry, "issuer", at),
    clientId: textAt(entry, "audience", at),
    clientSecret,
    clientAuth: readClientAuth(login, at, clientSecret !== undefined),
    scopes,
    sessionMs,
    userInfo: flagAt(login, "userInfo", at, false),
    prompt: readPrompt(login, at),
    maxAgeSeconds: login.maxAge === undefined ? undefined : durationAt(login, "maxAge", at, 0) / 1000,
  };
}

function readClientAuth(login: Entry, at: string, hasSecret: boolean): ClientAuth {
  const ways: readonly ClientAuth[] = hasSecret ? ["client_secret_basic", "client_secret_post"] : ["none"];
  const [usual = "none"] = ways;
  if (login.clientAuth === undefined) return usual;
  const text = textAt(login, "clientAuth", at);
  const found = ways.find((way) => way === text);
  if (found !== undefined) return found;
  const why = hasSecret ? "with clientSecretFile" : "without clientSecretFile";
  throw new IssuerFileError(`${at}.clientAuth must be ${ways.join(" or ")} ${why}`);
}

/** `none` is left out: a person who is not signed in at the provider could never log in. */
function readPrompt(login: Entry, at: string): string | undefined {
  if (login.prompt === undefined) return undefined;
  const prompt = textAt(login, "prompt", at);
  if (["login", "consent", "select_account"].includes(prompt)) return prompt;
  throw new IssuerFileError(`${at}.prompt must be login, consent or select_account`);
}

function flagAt(entry: Entry, field: string, at: string, usual: boolean): boolean {
  if (entry[field] === undefined) return usual;
  const text = textAt(entry, field, at);
  if (text === "true" || text === "false") return text === "true";
  throw new IssuerFileError(`${at}.${field} must be true or false`);
}

function readName(text: string, path: string): NameTemplate {
  const template = parseNameTemplate(text);
  if (template !== undefined) return template;
  throw new IssuerFileError(`${path} must be words of a-z and 0-9 and {variables}, joined by '-', such as {name}`);
}
