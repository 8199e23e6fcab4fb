import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { SecretError } from "../secrets/error.ts";
import { limits } from "../secrets/limits.ts";
import type { Store } from "../store/store.ts";
import type { Caller } from "./caller.ts";
import { grantsOf, verifyToken, verifyUser } from "./rows.ts";
import { hashToken, hashTokenToText, isTokenSecret } from "./token.ts";

export interface AuthenticatorOptions {
  readonly store: Store;
  readonly keyring: Keyring;
  now(): number;
  /** Called for each refused credential. */
  readonly onRefused: (peer: string) => void;
}

export interface Authenticator {
  /** Turns the one Authorization header of a call into its caller. Throws UNAUTHENTICATED. */
  authenticate(authorization: string | undefined, peer: string): Caller | Promise<Caller>;
  /** Forgets what it knows. To be called before a change of users or tokens is acknowledged. */
  forget(): void;
}

/**
 * How long a checked token is believed without asking the store. Within one process `forget` ends it at once; another
 * process sees a revocation after this time at the latest.
 */
const believedMs = 1_000;

/** Entries that are kept; more only cost memory. */
const knownMax = 10_000;

const scheme = "Bearer ";

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  interface Known {
    readonly caller: Caller;
    readonly untilMs: number;
  }
  const known = new Map<string, Known>();
  // An answer of the store that was under way when something changed is not kept.
  let epoch = 0;

  async function ask(secret: string, name: string, peer: string): Promise<Caller> {
    const askedIn = epoch;
    const caller = await findCaller(options, hashToken(secret));
    const nowMs = options.now();
    if (caller === undefined || isOver(caller.tokenExpireAtMs, nowMs)) throw refused(options, peer);
    if (askedIn === epoch) {
      if (known.size >= knownMax) known.clear();
      known.set(name, { caller, untilMs: nowMs + believedMs });
    }
    return caller;
  }

  return {
    authenticate(authorization, peer) {
      const secret = readBearer(authorization);
      if (secret === undefined) throw refused(options, peer);
      // By hash, so that comparing a guess with what is known tells nothing of a token.
      const name = hashTokenToText(secret);
      const entry = known.get(name);
      if (entry === undefined) return ask(secret, name, peer);
      const nowMs = options.now();
      const leftMs = entry.untilMs - nowMs;
      // More is left than there ever was when the clock was set back.
      const isFresh = leftMs > 0 && leftMs <= believedMs;
      if (isFresh && !isOver(entry.caller.tokenExpireAtMs, nowMs)) return entry.caller;
      known.delete(name);
      return ask(secret, name, peer);
    },
    forget() {
      epoch += 1;
      known.clear();
    },
  };
}

function readBearer(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > limits.tokenBytes) return undefined;
  if (!authorization.startsWith(scheme)) return undefined;
  const secret = authorization.slice(scheme.length);
  return isTokenSecret(secret) ? secret : undefined;
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
    // A narrowed token manages nothing, so the flag that permits it is gone before anybody could ask for it.
    const operator = user.operator && grants.length === 0;
    return { tenant, slug, roles, admin, operator, grants, tokenId: token.id, tokenExpireAtMs: token.expireAtMs };
  } catch (error) {
    if (error instanceof IntegrityError) return undefined;
    throw error;
  }
}

function isOver(expireAtMs: number, nowMs: number): boolean {
  return expireAtMs !== 0 && nowMs >= expireAtMs;
}

function refused({ onRefused }: AuthenticatorOptions, peer: string): SecretError {
  onRefused(peer);
  const message =
    "the token is missing, malformed, unknown, expired or revoked; send the header 'Authorization: Bearer oo_…'";
  return new SecretError({ reason: "UNAUTHENTICATED", message });
}
