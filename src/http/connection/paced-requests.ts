import { createPacedStarts } from "../../flow/paced-starts.ts";
import type { Exchange } from "../call/exchange.ts";
import type { Connection } from "./connection.ts";
import { connectionLimits } from "./connection-limits.ts";

/** Starts requests of both engines at a pace. */
export interface PacedRequests {
  /** False, and `start` is never called, when too many requests of its owner wait. */
  run(connection: Connection, exchange: Exchange, start: () => void): boolean;
}

/**
 * Users take turns, and so do connections on which a token was not seen yet; all strangers with one address count as
 * one. Those from where a caller has shown a token are urgent.
 * `userOf` says whose the credentials in an Authorization header probably are.
 */
export function paceRequests(userOf: (authorization: string | undefined) => string | undefined): PacedRequests {
  const starts = createPacedStarts({
    most: 48,
    sliceMs: 8,
    least: 8,
    waitingOfOwner: connectionLimits.waitingRequests,
    urgentOfOwner: connectionLimits.waitingRequestsOfUser,
  });
  return {
    run(connection, { headers }, start) {
      if (starts.runAtOnce(start)) return true;
      const user = userOf(headers.authorization);
      return starts.run(user ?? connection.owner, user !== undefined || connection.isNearCaller, start);
    },
  };
}
