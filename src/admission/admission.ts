import { isIPv6 } from "node:net";
import { SecretError } from "../error.ts";
import type { Authenticator } from "../identity/authenticate.ts";
import type { Caller } from "../rules/caller.ts";
import { createRateLimit } from "./rate-limit.ts";

export interface AdmissionOptions {
  /** Made with the callback to call for each refused credential. */
  createAuthenticator(onRefused: (peer: string) => void): Authenticator;
  /** A clock that only goes forward, in ms from any start: setting the time must neither refuse nor free anybody. */
  monotonicMs(): number;
  /** Undefined: no limit. */
  readonly callsPerMinute: number | undefined;
  /** Failed authentications of one address. Undefined: no limit. */
  readonly failuresPerMinute: number | undefined;
  /** Called for each refused credential, those refused unseen included. */
  readonly onRefused: (peer: string) => void;
  /** Called for each call of somebody who is over the limit. */
  readonly onLimited: (caller: Caller) => void;
}

export interface Admission extends Authenticator {
  /** As `authenticate`, for a call that goes on: it was counted when it began. */
  recheck: Authenticator["authenticate"];
}

/**
 * Authenticates, and limits how often: calls of one principal, whatever tokens it uses, and failures of one address.
 * Credentials that were good a moment ago are let through from an address that is over its limit, so that one broken
 * client does not shut out everybody behind the same balancer. Throws RATE_LIMITED with the time to wait.
 */
export function limitCalls(options: AdmissionOptions): Admission {
  const { callsPerMinute, failuresPerMinute, monotonicMs } = options;
  const calls = callsPerMinute === undefined ? undefined : createRateLimit(callsPerMinute, monotonicMs);
  const failures = failuresPerMinute === undefined ? undefined : createRateLimit(failuresPerMinute, monotonicMs);
  const authenticator = options.createAuthenticator((peer) => {
    failures?.take(networkOf(peer));
    options.onRefused(peer);
  });

  const admit = (caller: Caller) => {
    const waitMs = calls?.take(`${caller.tenant}/${caller.slug}`) ?? 0;
    if (waitMs === 0) return caller;
    options.onLimited(caller);
    throw rateLimited(`${caller.slug} makes more than ${callsPerMinute} calls per minute`, waitMs);
  };

  return {
    ...authenticator,
    recheck: authenticator.authenticate,
    authenticate(authorization, peer) {
      const waitMs = failures?.waitMs(networkOf(peer)) ?? 0;
      if (waitMs > 0 && !authenticator.wereGood(authorization)) {
        options.onRefused(peer);
        throw rateLimited("too many calls from this address had no good token", waitMs);
      }
      const caller = authenticator.authenticate(authorization, peer);
      return caller instanceof Promise ? caller.then(admit) : admit(caller);
    },
  };
}

function rateLimited(why: string, waitMs: number): SecretError {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  const message = `${why}; try again in ${retryAfterSeconds} s`;
  return new SecretError({ reason: "RATE_LIMITED", message, retryAfterSeconds });
}

/** Whoever has an IPv6 address has all those that begin with the same 64 bits. */
export function networkOf(address: string): string {
  // The colon tells most addresses apart without the long pattern of an IPv6 address.
  if (!address.includes(":") || address.startsWith("::ffff:") || !isIPv6(address)) return address;
  const [head = "", tail = ""] = address.split("%", 1).join("").split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === "" ? [] : tail.split(":");
  const zeros = new Array<string>(Math.max(0, 8 - first.length - last.length)).fill("0");
  const groups = address.includes("::") ? [...first, ...zeros, ...last] : first;
  return `${groups.slice(0, 4).join(":")}::/64`;
}
