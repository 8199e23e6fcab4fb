import { isIPv6 } from "node:net";
import { SecretError } from "../error.ts";
import { createLanes, type Lanes } from "../flow/lanes.ts";
import type { Authenticator } from "../identity/authenticate.ts";
import { limits } from "../limits.ts";
import type { Caller } from "../rules/caller.ts";
import { createRateLimit } from "./rate-limit.ts";

export interface AdmissionOptions {
  /** Creates the authenticator. It must call `onRefused` for each refused credential. */
  createAuthenticator(onRefused: (peer: string) => void): Authenticator;
  /** A monotonic clock in ms, from any start: setting the system time must not change which calls are refused. */
  monotonicMs(): number;
  /** Undefined: no limit. */
  readonly callsPerMinute: number | undefined;
  /** Failed authentications from one address. Undefined: no limit, nor one on calls without a token. */
  readonly failuresPerMinute: number | undefined;
  /** Calls of methods of logins from one address. Default: that of `limits`. */
  readonly loginCallsPerMinute?: number | undefined;
  /** Called for each refused credential, including those refused without being checked. */
  readonly onRefused: (peer: string) => void;
  /** Called for each call of a caller that is over the limit. */
  readonly onLimited: (caller: Caller) => void;
}

export interface Admission extends Authenticator {
  /** Like `authenticate`, for a call in progress. Not counted again: the call was counted when it began. */
  recheck: Authenticator["authenticate"];
  /**
   * Counts a call of a method of logins, which needs no token. Throws RATE_LIMITED when an address makes too many, and
   * counts that as a failed authentication.
   */
  admitVisit(peer: string): void;
  /** Counts a failed authentication. */
  countFailure(peer: string): void;
}

type Credentials = Parameters<Authenticator["authenticate"]>;

/** Credentials of one kind that are looked up at a time for addresses over their limit. A look-up takes about 1 ms. */
const lookUpsMax = 16;

/** Those that wait for it, each with its request. A flood that arrives faster than they are looked up is refused. */
const waitingMax = 1_000;

/**
 * Authenticates callers and limits their rate. One limit is for the calls of a principal, across all its tokens; the
 * other is for failed authentications from one address. Many clients may share an address, so valid credentials pass
 * even from an address that is over its limit: they are looked up as always, only not all at the same time. Bad ones
 * are then refused with RATE_LIMITED and the time to wait, and malformed ones are not even looked at.
 */
export function limitCalls(options: AdmissionOptions): Admission {
  const { callsPerMinute, failuresPerMinute, loginCallsPerMinute = limits.loginCallsPerMinute, monotonicMs } = options;
  const calls = callsPerMinute === undefined ? undefined : createRateLimit(callsPerMinute, monotonicMs);
  const failures = failuresPerMinute === undefined ? undefined : createRateLimit(failuresPerMinute, monotonicMs);
  const visits = failures === undefined ? undefined : createRateLimit(loginCallsPerMinute, monotonicMs);
  const countFailure = (peer: string) => {
    failures?.take(networkOf(peer));
    options.onRefused(peer);
  };
  const authenticator = options.createAuthenticator(countFailure);

  const admit = (caller: Caller) => {
    const waitMs = calls?.take(`${caller.tenant}/${caller.slug}`) ?? 0;
    if (waitMs === 0) return caller;
    options.onLimited(caller);
    throw rateLimited(`${caller.slug} makes more than ${callsPerMinute} calls per minute`, waitMs);
  };

  // Separate, because a JWT may have to wait until the keys of its issuer are loaded.
  const lookUps = {
    token: createLanes(lookUpsMax),
    jwt: createLanes(lookUpsMax),
    certificate: createLanes(lookUpsMax),
  };

  const lookUp = async (lanes: Lanes, waitMs: number, ...credentials: Credentials) => {
    try {
      return admit(await lanes.run(async () => authenticator.authenticate(...credentials)));
    } catch (error) {
      const isBad = error instanceof SecretError && error.failures[0].reason === "UNAUTHENTICATED";
      throw isBad ? rateLimited(tooManyFailures, waitMs) : error;
    }
  };

  return {
    ...authenticator,
    recheck: authenticator.authenticate,
    countFailure,
    admitVisit(peer) {
      const waitMs = visits?.take(networkOf(peer)) ?? 0;
      if (waitMs === 0) return;
      countFailure(peer);
      throw rateLimited(`this address makes more than ${loginCallsPerMinute} calls without a token per minute`, waitMs);
    },
    authenticate(authorization, peer, certificate) {
      const waitMs = failures?.waitMs(networkOf(peer)) ?? 0;
      const kind = waitMs > 0 ? authenticator.kindOf(authorization, certificate) : "recent";
      if (kind === "recent") {
        const caller = authenticator.authenticate(authorization, peer, certificate);
        return caller instanceof Promise ? caller.then(admit) : admit(caller);
      }
      if (kind === "malformed" || lookUps[kind].waiting >= waitingMax) {
        options.onRefused(peer);
        throw rateLimited(tooManyFailures, waitMs);
      }
      return lookUp(lookUps[kind], waitMs, authorization, peer, certificate);
    },
  };
}

const tooManyFailures = "too many calls from this address had no valid token";

function rateLimited(why: string, waitMs: number): SecretError {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  const message = `${why}; try again in ${retryAfterSeconds} s`;
  return new SecretError({ reason: "RATE_LIMITED", message, retryAfterSeconds });
}

/**
 * The name under which an address is limited: the address itself, or the /64 network of an IPv6 address. A host that
 * has one IPv6 address has its whole /64.
 */
export function networkOf(address: string): string {
  // Most addresses have no colon: a cheap check that avoids the long regular expression for IPv6.
  if (!address.includes(":") || address.startsWith("::ffff:") || !isIPv6(address)) return address;
  const [head = "", tail = ""] = address.split("%", 1).join("").split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === "" ? [] : tail.split(":");
  const zeros = new Array<string>(Math.max(0, 8 - first.length - last.length)).fill("0");
  const groups = address.includes("::") ? [...first, ...zeros, ...last] : first;
  return `${groups.slice(0, 4).join(":")}::/64`;
}
