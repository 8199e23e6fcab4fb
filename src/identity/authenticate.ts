import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { SecretError } from "../error.ts";
import type { ProvenCaller, Refusal } from "../jwt/jwt.ts";
import { limits } from "../limits.ts";
import type { Caller } from "../rules/caller.ts";
import { hashToken, hashTokenToText, isJwt, isTokenSecret } from "../rules/token.ts";
import type { IdentityStore } from "../store/identity-store.ts";
import { grantsOf, verifyToken, verifyUser } from "./rows.ts";

export interface AuthenticatorOptions {
  readonly store: IdentityStore;
  readonly keyring: Keyring;
  now(): number;
  /** Called for each refused credential. */
  readonly onRefused: (peer: string) => void;
  /** Undefined when no issuer is trusted: then a JWT proves nothing. */
  readonly verifyJwt?: ((token: string) => Promise<ProvenCaller | Refusal>) | undefined;
}

export interface Authenticator {
  /**
   * Turns the Authorization header of a call into its caller. Throws UNAUTHENTICATED, and ISSUER_UNAVAILABLE when the
   * keys of a JWT's issuer cannot be loaded.
   */
  authenticate(authorization: string | undefined, peer: string): Caller | Promise<Caller>;
  /** Whether these credentials were valid when last checked. False also when no check of them is cached. */
  wereGood(authorization: string | undefined): boolean;
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
  }
  const known = new Map<string, Known>();
  // Counts changes. A reply that was requested before the last change must not be trusted.
  let epoch = 0;

  /** One at a time: if all were forgotten, the next calls of everybody would ask the store at once. */
  function forgetOldest(): void {
    const [oldest] = known.keys();
    if (oldest !== undefined) known.delete(oldest);
  }

  async function ask(secret: string, name: string, peer: string): Promise<Caller> {
    const askedIn = epoch;
    const proof = isTokenSecret(secret) ? await proveToken(options, secret) : await proveJwt(options, secret);
    const nowMs = options.now();
    if ("problem" in proof || nowMs >= proof.endMs) {
      known.delete(name);
      throw refused(options, peer, proof);
    }
    const { caller, endMs } = proof;
    if (known.size >= knownMax && !known.has(name)) forgetOldest();
    known.set(name, { caller, untilMs: Math.min(nowMs + cachedMs, endMs), epoch: askedIn });
    return caller;
  }

  return {
    authenticate(authorization, peer) {
      const secret = readBearer(options, authorization);
      if (secret === undefined) {
        throw refused(options, peer, authorization !== undefined && isTooLong(authorization) ? longToken : badToken);
      }
      // Looked up by hash, so that comparing a guess with the cached tokens leaks nothing about them.
      const name = hashTokenToText(secret);
      const entry = known.get(name);
      if (entry?.epoch !== epoch) return ask(secret, name, peer);
      const leftMs = entry.untilMs - options.now();
      // More time left than the maximum means that the clock was set back.
      if (leftMs > 0 && leftMs <= cachedMs) return entry.caller;
      return ask(secret, name, peer);
    },
    wereGood(authorization) {
      const secret = readBearer(options, authorization);
      return secret !== undefined && known.has(hashTokenToText(secret));
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

async function proveToken(options: AuthenticatorOptions, secret: string): Promise<ProvenCaller | Refusal> {
  const caller = await findCaller(options, hashToken(secret));
  if (caller === undefined) return badToken;
  const { tokenExpireAtMs } = caller;
  return { caller, endMs: tokenExpireAtMs === 0 ? Number.POSITIVE_INFINITY : tokenExpireAtMs };
}

/** A JWT must not impersonate a user with the same slug who was created before the issuer was trusted. */
async function proveJwt({ store, verifyJwt }: AuthenticatorOptions, token: string): Promise<ProvenCaller | Refusal> {
  if (verifyJwt === undefined) return badToken;
  const proof = await verifyJwt(token);
  if ("problem" in proof) return proof;
  const { tenant, slug } = proof.caller;
  const user = await store.findUser(tenant, slug);
  return user === undefined ? proof : { problem: `the slug of the JWT, ${slug}, belongs to a user` };
}

async function findCaller({ store, keyring }: AuthenticatorOptions, hash: Buffer): Promise<Caller | undefined> {
  try {
    const found = await store.findTokenByHash(hash);
    if (found === undefined || !hash.equals(found.hash)) return undefined;
    const token = verifyToken(keyring, found);
    if (token.revokedAtMs !== 0) return undefined;
    const owner = await store.findUser(token.tenant, token.slug);
    if (owner === undefined) return undefined;
    const user = verifyUser(keyring, owner);
    if (user.tenant !== token.tenant || user.slug !== token.slug || user.removed) return undefined;
    const { tenant, slug, roles, admin } = user;
    const grants = grantsOf(token);
    // A narrowed token manages nothing, so it loses the operator flag here, before any rule looks at it.
    const operator = user.operator && grants.length === 0;
    return { tenant, slug, roles, admin, operator, grants, tokenId: token.id, tokenExpireAtMs: token.expireAtMs };
  } catch (error) {
    if (error instanceof IntegrityError) return undefined;
    throw error;
  }
}

const badToken: Refusal = {
  problem: "the token is missing, malformed, unknown, expired or revoked; send the header 'Authorization: Bearer oo_…'",
};

const longToken: Refusal = {
  problem: `the token is longer than ${limits.tokenBytes} bytes; a JWT may name fewer roles or groups`,
};

function refused({ onRefused }: AuthenticatorOptions, peer: string, proof: ProvenCaller | Refusal = badToken) {
  onRefused(peer);
  const { problem } = "problem" in proof ? proof : badToken;
  return new SecretError({ reason: "UNAUTHENTICATED", message: problem });
}
