import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { readTraceparent } from "../../text/traceparent.ts";

/**
 * What proxies and tracing send: UUIDs, hex, base64, several of them with a separator. No quotes, spaces or controls.
 */
const form = /^[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}$/;

/** A token that was put into the wrong header must not get into the log. */
const token = /oo_[A-Za-z0-9_-]{43}/;

/**
 * The id of the caller, if it has the form of one; otherwise a random one. In a trace, it begins with the id of the
 * trace and a random one of this call, which keeps it unique: the caller may send the id of one trace for ever.
 */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const sent = headers["x-request-id"];
  const own = typeof sent === "string" && form.test(sent) && !token.test(sent) ? sent : undefined;
  const parent = readTraceparent(headers.traceparent);
  if (parent === undefined) return own ?? randomUUID();
  const { traceId } = parent;
  if (own === undefined) return `${traceId}-${createSpanId()}`;
  return own.includes(traceId) ? own : `${traceId}-${createSpanId()}/${own}`;
}

/** 64 random bits: the digits of a UUID that are not its version or its variant. It comes out of Node's pool. */
function createSpanId(): string {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(-8);
}
