import { networkOf } from "../../admission/admission.ts";
import { SecretError } from "../../error.ts";
import { createFairStarts } from "../../flow/fair-starts.ts";
import type { Exchange } from "../call/exchange.ts";
import type { Connection } from "./connection.ts";
import { connectionLimits } from "./connection-limits.ts";
import type { ProbableUser } from "./probable-user.ts";

/**
 * Whether a request may start or wait. If not, whether it is from a user, to whom that can be said, or from strangers;
 * and whether too many of their own wait, or there is no room because of others.
 */
export type Entry =
  | "entered"
  | "too-many-of-user"
  | "no-room-for-user"
  | "too-many-of-strangers"
  | "no-room-for-strangers";

/** Starts requests of both engines at a pace. */
export interface PacedRequests {
  /** `start` is only called when the request is entered: at once or later. */
  run(connection: Connection, exchange: Exchange, start: () => void): Entry;
}

/**
 * Users take turns. Whose a request is, its credentials say, or those that were valid on its connection before. All
 * other requests from one address count as one, so a guessed token does not make an owner. The connections of a proxy
 * are of no user.
 */
export function paceRequests(userOf: ProbableUser): PacedRequests {
  const starts = createFairStarts({
    ranks: 2,
    cheapRanks: 2,
    most: 48,
    sliceMs: 8,
    least: 16,
    laterShare: 2,
    waiting: connectionLimits.waitingRequests,
  });
  function enter(connection: Connection, exchange: Exchange, start: () => void): Entry {
    if (starts.runAtOnce(start)) return "entered";
    const user = userOf(exchange) ?? connection.user;
    const owner = user ?? (connection.isProxy ? networkOf(exchange.peer) : connection.network);
    const rank = user === undefined ? 1 : 0;
    const forget = starts.run({ owner, rank: () => rank, start });
    if (forget !== undefined) {
      exchange.onceClosed(forget);
      return "entered";
    }
    const kind = user === undefined ? "strangers" : "user";
    return starts.hasWaiting(owner, rank) ? `too-many-of-${kind}` : `no-room-for-${kind}`;
  }

  return {
    run(connection, exchange, start) {
      const entry = enter(connection, exchange, start);
      // What waits, or gets an answer, is a request. What is reset is not one.
      if (entry === "entered" || isOfUser(entry)) connection.traffic.request();
      return entry;
    },
  };
}

export function isOfUser(entry: Entry): entry is "too-many-of-user" | "no-room-for-user" {
  return entry === "too-many-of-user" || entry === "no-room-for-user";
}

/** Those that wait are soon started, so trying again helps. */
export function tooManyWaiting(entry: "too-many-of-user" | "no-room-for-user"): SecretError {
  const message =
    entry === "too-many-of-user"
      ? "too many of your requests wait for their turn; make fewer at once, or try again in 1 s"
      : "too many requests of all users wait for their turn; try again in 1 s";
  return new SecretError({ reason: "RATE_LIMITED", message, retryAfterSeconds: 1 });
}
