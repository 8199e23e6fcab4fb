import { SecretError } from "../../error.ts";
import { createFairStarts } from "../../flow/fair-starts.ts";
import type { Exchange } from "../call/exchange.ts";
import type { Connection } from "./connection.ts";
import { connectionLimits } from "./connection-limits.ts";

/** Whether a request may start or wait. If not, whether that can be said to a user, or whether it is from strangers. */
export type Entry = "entered" | "too-many-of-user" | "too-many-of-strangers";

/** Starts requests of both engines at a pace. */
export interface PacedRequests {
  /** `start` is only called when the request is entered: at once or later. */
  run(connection: Connection, exchange: Exchange, start: () => void): Entry;
}

/**
 * Users take turns, and so do connections on which a token was valid before. All other requests from one address count
 * as one, so a guessed token does not make an owner.
 * `userOf` says whose the credentials in an Authorization header probably are.
 */
export function paceRequests(userOf: (authorization: string | undefined) => string | undefined): PacedRequests {
  const starts = createFairStarts({
    ranks: 2,
    cheapRanks: 2,
    most: 48,
    sliceMs: 8,
    least: 16,
    laterShare: 2,
    waiting: connectionLimits.waitingRequests,
  });
  return {
    run(connection, { headers }, start) {
      if (starts.runAtOnce(start)) return "entered";
      const user = userOf(headers.authorization);
      const isKnown = user !== undefined || connection.isCaller;
      const rank = isKnown ? 0 : 1;
      if (starts.run({ owner: user ?? connection.owner, rank: () => rank, start }) !== undefined) return "entered";
      return isKnown ? "too-many-of-user" : "too-many-of-strangers";
    },
  };
}

/** Those that wait are soon started, so trying again helps. */
export function tooManyWaiting(): SecretError {
  const message = "too many of your requests wait for their turn; make fewer at once, or try again in 1 s";
  return new SecretError({ reason: "RATE_LIMITED", message, retryAfterSeconds: 1 });
}
