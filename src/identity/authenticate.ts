import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import type { PeerCertificate } from "../crypto/peer-certificate.ts";
import { SecretError } from "../error.ts";
import type { ProvenCaller, Refusal } from "../jwt/jwt.ts";
import { limits } from "../limits.ts";
import type { Caller } from "../rules/caller.ts";
import type { Integrity } from "../rules/integrity.ts";
import type { LastChanges } from "../rules/last-changes.ts";
import { hashToken, hashTokenToText, isJwt, isTokenSecret } from "../rules/token.ts";
import type { IdentityStore } from "../store/identity-store.ts";
import { type IssuedOptions, proveCertificate, proveJwt } from "./prove-issued.ts";
import { grantsOf, verifyUsableToken, verifyUser } from "./rows.ts";

export interface AuthenticatorOptions extends IssuedOptions {
  readonly store: IdentityStore;
  readonly keyring: Keyring;
  readonly integrity: Pick<Integrity, "report">;
  readonly lastChanges: Pick<LastChanges, "ofLogin">;
  now(): number;
  /** Called for each refused credential. */
  readonly onRefused: (peer: string) => void;
}

/**
 * `malformed`: they prove nothing. `recent`: they were valid when last checked, a moment ago. `token` and `jwt`: they
 * have to be looked up, and so does a `certificate`.
 */
export type CredentialKind = "malformed" | "recent" | "token" | "jwt" | "certificate";

export interface Authenticator {
  /**
   * Turns the Authorization header of a call into its caller. Throws UNAUTHENTICATED, and ISSUER_UNAVAILABLE when the
   * keys of a JWT's issuer cannot be loaded. Without the header, the caller is the one whose certificate the client has
   * shown in TLS. With a header that is refused, the certificate does not count.
   */
  authenticate(
    authorization: string | undefined,
    peer: string,
    certificate?: PeerCertificate | undefined,
  ): Caller | Promise<Caller>;
  /** What can be said about credentials without looking them up. */
  kindOf(authorization: string | undefined, certificate?: PeerCertificate | undefined): CredentialKind;
  /** Whose the credentials were when they were last looked up. No proof: only to let users take turns. */
  userOf(authorization: string | undefined): string | undefined;
  /** Invalidates all cached callers. Must be called before a change of users or tokens is acknowledged. */
  forget(): void;
}

/**
 * How long a checked token is trusted without asking the store again. In this process `forget` takes effect at once;
 * another process sees a revocation after this time at the latest.
 *
 * With 64 callers 1.3 times as many reads for the same processor time (`npm run bench:parts -- --only authenticate`).
 */
const cachedMs = 750;

/** Cached callers at most. More would only cost memory. */
const knownMax = 10_000;

/** RFC 9110, 11.1 and 11.4: a scheme in any case, then one space or more. */
const scheme = /^bearer +/i;

/** Checks tokens and JWTs, and caches the callers of good ones for up to `cachedMs`. Bad ones are checked each time. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  interface Known {
    readonly caller: Caller;
    readonly untilMs: number;
    readonly epoch: number;
    /** As in `ProvenCaller`. */
    readonly boundTo?: string | undefined;
  }
  const known = new Map<string, Known>();
  const knownByCertificate = new WeakMap<PeerCertificate, Known>();
  // Counts changes. A reply that was requested before the last change must not be trusted.
  let epoch = 0;

  /** One at a time: if all were forgotten, the next calls of all callers would ask the store at once. */
  function forgetOldest(): void {
    const [oldest] = known.keys();
    if (oldest !== undefined) known.delete(oldest);
  }

  async function ask(
    secret: string,
    name: string,
    peer: string,
    certificate: PeerCertificate | undefined,
  ): Promise<Caller> {
    const askedIn = epoch;
    // What was read may be as old as the question.
    const askedAtMs = options.now();
    const proof = isTokenSecret(secret)
      ? await proveToken(options, secret, peer)
      : ((await proveJwt(options, secret, certificate)) ?? badToken);
    const nowMs = options.now();
    if ("problem" in proof || nowMs >= proof.endMs) {
      known.delete(name);
      throw refused(options, peer, proof);
    }
    const { caller, endMs, boundTo } = proof;
    // The one that was checked last is forgotten last.
    if (!known.delete(name) && known.size >= knownMax) forgetOldest();
    known.set(name, { caller, untilMs: Math.min(askedAtMs + cachedMs, endMs), epoch: askedIn, boundTo });
    return caller;
  }

  /** Looked up again after a while: a certificate ends, and its authority may be withdrawn, on an open connection. */
  async function askCertificate(certificate: PeerCertificate, peer: string): Promise<Caller> {
    const askedIn = epoch;
    const askedAtMs = options.now();
    const proof = (await proveCertificate(options, certificate)) ?? badToken;
    const nowMs = options.now();
    if ("problem" in proof || nowMs >= proof.endMs) {
      knownByCertificate.delete(certificate);
      throw refused(options, peer, proof);
    }
    const { caller, endMs } = proof;
    knownByCertificate.set(certificate, { caller, untilMs: Math.min(askedAtMs + cachedMs, endMs), epoch: askedIn });
    return caller;
  }

  function isRecent(entry: Known | undefined): entry is Known {
    if (entry?.epoch !== epoch) return false;
    const leftMs = entry.untilMs - options.now();
    // More time left than the maximum means that the clock was set back.
    return leftMs > 0 && leftMs <= cachedMs;
  }

  return {
    authenticate(authorization, peer, certificate) {
      if (authorization === undefined && certificate !== undefined) {
        const entry = knownByCertificate.get(certificate);
        return isRecent(entry) ? entry.caller : askCertificate(certificate, peer);
      }
      const secret = readBearer(options, authorization);
      if (secret === undefined) {
        throw refused(options, peer, authorization !== undefined && isTooLong(authorization) ? longToken : badToken);
      }
      // Looked up by hash, so that comparing a guess with the cached tokens leaks nothing about them.
      const name = hashTokenToText(secret);
      const entry = known.get(name);
      // A stolen token comes on a connection that does not show the certificate it is bound to.
      const isHolder = entry?.boundTo === undefined || entry.boundTo === certificate?.thumbprint;
      return isRecent(entry) && isHolder ? entry.caller : ask(secret, name, peer, certificate);
    },
    kindOf(authorization, certificate) {
      if (authorization === undefined && certificate !== undefined) {
        return knownByCertificate.has(certificate) ? "recent" : "certificate";
      }
      const secret = readBearer(options, authorization);
      if (secret === undefined) return "malformed";
      if (known.has(hashTokenToText(secret))) return "recent";
      return isTokenSecret(secret) ? "token" : "jwt";
    },
    userOf(authorization) {
      const secret = readBearer(options, authorization);
      const caller = secret === undefined ? undefined : known.get(hashTokenToText(secret))?.caller;
      return caller && `${caller.tenant}/${caller.slug}`;
    },
    forget() {
      epoch += 1;
    },
  };
}

function readBearer({ verifyJwt }: AuthenticatorOptions, authorization: string | undefined): string | undefined {
  if (authorization === undefined || isTooLong(authorization)) return undefined;
  const [start] = scheme.exec(authorization) ?? [];
  if (start === undefined) return undefined;
  const secret = authorization.slice(start.length);
  return isTokenSecret(secret) || (verifyJwt !== undefined && isJwt(secret)) ? secret : undefined;
}

function isTooLong(authorization: string): boolean {
  return authorization.length > limits.tokenBytes;
}

async function proveToken(
  options: AuthenticatorOptions,
  secret: string,
  peer: string,
): Promise<ProvenCaller | Refusal> {
  const caller = await findCaller(options, hashToken(secret), peer);
  if (caller === undefined) return badToken;
  if ("problem" in caller) return caller;
  const { tokenExpireAtMs } = caller;
  if (tokenExpireAtMs === 0) return { caller, endMs: Number.POSITIVE_INFINITY };
  if (options.now() < tokenExpireAtMs) return { caller, endMs: tokenExpireAtMs };
  return { problem: `the token expired at ${new Date(tokenExpireAtMs).toISOString().slice(0, 19)}Z` };
}

/**
 * A row that does not verify gives no access, and the caller learns no more than that. It is reported, because a token
 * that was good may be refused for it.
 */
async function findCaller(
  options: AuthenticatorOptions,
  hash: Buffer,
  peer: string,
): Promise<Caller | Refusal | undefined> {
  const { store, lastChanges, integrity } = options;
  const found = await store.findTokenByHash(hash);
  if (found === undefined || !hash.equals(found.hash)) return undefined;
  const token = await verifiedRow(options, {
    kind: "token",
    name: found.id,
    row: found,
    verify: verifyUsableToken,
    peer,
  });
  if (token === undefined) return undefined;
  // Only a caller who has the token learns this.
  if (token.revokedAtMs !== 0) return { problem: "the token was revoked" };
  const changes = lastChanges.ofLogin(token);
  const [owner, isTokenPutBack] = await Promise.all([
    store.findUser(token.tenant, token.slug),
    changes.isTokenPutBack(),
  ]);
  if (isTokenPutBack) {
    await integrity.report({ kind: "token", cause: "put-back", tenant: token.tenant, name: token.id }, peer);
    return undefined;
  }
  if (owner === undefined) return undefined;
  const user = await verifiedRow(options, { kind: "user", name: owner.slug, row: owner, verify: verifyUser, peer });
  if (user === undefined || user.tenant !== token.tenant || user.slug !== token.slug || user.removed) return undefined;
  if (await changes.isUserPutBack(user)) {
    await integrity.report({ kind: "user", cause: "put-back", tenant: user.tenant, name: user.slug }, peer);
    return undefined;
  }
  const { tenant, slug, roles, admin } = user;
  const grants = grantsOf(token);
  // A narrowed token manages nothing, so it loses the operator flag here, before any rule looks at it.
  const operator = user.operator && grants.length === 0;
  const proof = { tokenId: token.id, tokenExpireAtMs: token.expireAtMs, isSession: token.session !== undefined };
  const name = user.login === undefined ? {} : { displayName: user.login.displayName };
  return { tenant, slug, roles, admin, operator, grants, ...proof, ...name };
}

interface RowToVerify<Row> {
  readonly kind: "token" | "user";
  readonly name: string;
  readonly row: Row;
  verify(keyring: Keyring, row: Row): Row;
  readonly peer: string;
}

async function verifiedRow<Row extends { readonly tenant: string }>(
  { keyring, integrity }: AuthenticatorOptions,
  { kind, name, row, verify, peer }: RowToVerify<Row>,
): Promise<Row | undefined> {
  try {
    return verify(keyring, row);
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    await integrity.report({ kind, cause: "edited", tenant: row.tenant, name }, peer);
    return undefined;
  }
}

const badToken: Refusal = {
  problem: "the token is missing, malformed or unknown; send the header 'Authorization: Bearer oo_…'",
};

const longToken: Refusal = {
  problem: `the token is longer than ${limits.tokenBytes} bytes; a JWT may name fewer roles or groups`,
};

function refused({ onRefused }: AuthenticatorOptions, peer: string, proof: ProvenCaller | Refusal = badToken) {
  onRefused(peer);
  const { problem } = "problem" in proof ? proof : badToken;
  return new SecretError({ reason: "UNAUTHENTICATED", message: problem });
}
