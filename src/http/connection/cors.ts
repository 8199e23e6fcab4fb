import type { OutgoingHttpHeaders } from "node:http";
import { cors as connect } from "@connectrpc/connect";
import type { Exchange } from "../call/exchange.ts";

/** How long browsers may cache a preflight response. Chromium caps it at this value. */
const preflightSeconds = 7200;

/** What pages of other origins may do. Cookies are never used: a page sends its token like any other client. */
export interface Cors {
  /** Headers of every response. They say whether a page of `origin` may read it. */
  headersFor(origin: string | undefined): OutgoingHttpHeaders;
  /** Headers of the response to a preflight request. Undefined for any other request and for other origins. */
  preflight(exchange: Exchange): OutgoingHttpHeaders | undefined;
}

/** Headers of tracing, and the id of a request: tools add them to every call of a page. */
const tracing = ["Traceparent", "Tracestate", "Baggage", "X-Request-Id"];

/**
 * Compares `origins` literally. Responses to other origins, and to requests without one, only get the header `Vary`.
 */
export function createCors(origins: readonly string[], ownHeaders: readonly string[] = []): Cors {
  const allowed = new Set(origins);
  const exposed = [...connect.exposedHeaders, "X-Request-Id", "Retry-After"].join(", ");
  const permitted = {
    "access-control-allow-methods": "GET, POST, PUT, DELETE",
    // A wildcard would not include Authorization.
    "access-control-allow-headers": [...connect.allowedHeaders, "Authorization", ...tracing, ...ownHeaders].join(", "),
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
