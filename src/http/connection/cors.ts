import type { OutgoingHttpHeaders } from "node:http";
import { cors as connect } from "@connectrpc/connect";
import type { Exchange } from "../call/exchange.ts";

/** Browsers ask again before a call at most this often. It is the longest that any of them accepts. */
const preflightSeconds = 7200;

/** What pages of other origins may do. Nobody's cookies are ever asked for: a page sends its token like any other client. */
export interface Cors {
  /** Headers of every answer: whether pages of the origin that asks may read it. */
  headersFor(origin: string | undefined): OutgoingHttpHeaders;
  /** Headers with which the question before a call is answered; undefined when it is not one, or not from an allowed origin. */
  preflight(exchange: Exchange): OutgoingHttpHeaders | undefined;
}

/** `origins` are compared as they are. Answers to all others, and to requests without one, differ in nothing but `Vary`. */
export function createCors(origins: readonly string[]): Cors {
  const allowed = new Set(origins);
  const exposed = [...connect.exposedHeaders, "X-Request-Id", "Retry-After"].join(", ");
  const permitted = {
    "access-control-allow-methods": "GET, POST, PUT, DELETE",
    // A wildcard would leave out Authorization.
    "access-control-allow-headers": [...connect.allowedHeaders, "Authorization"].join(", "),
    "access-control-max-age": String(preflightSeconds),
  };
  return {
    headersFor(origin) {
      if (origin === undefined || !allowed.has(origin)) return { vary: "Origin" };
      return { vary: "Origin", "access-control-allow-origin": origin, "access-control-expose-headers": exposed };
    },
    preflight({ verb, headers }) {
      if (verb !== "OPTIONS" || headers["access-control-request-method"] === undefined) return undefined;
      return headers.origin !== undefined && allowed.has(headers.origin) ? permitted : undefined;
    },
  };
}
