import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { readTraceparent } from "../../text/traceparent.ts";
import { protocolName, type Trace } from "../call/trace.ts";

/**
 * What proxies and tracing send: UUIDs, hex, base64, several of them with a separator. No quotes, spaces or controls.
 */
const form = /^[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}$/;

/** A token that was put into the wrong header must not get into the log. */
const token = /oo_[A-Za-z0-9_-]{43}/;

/** Where a request belongs in the trace of its caller; undefined if that says nothing valid about one. */
export function traceOf(headers: IncomingHttpHeaders): Trace | undefined {
  const parent = readTraceparent(headers.traceparent);
  return parent === undefined ? undefined : { parent, spanId: createSpanId(), protocol: protocolName(headers) };
}

/**
 * The id of the caller, if it has the form of one; otherwise a random one. In a trace, it begins with the id of the
 * trace and the random one of this call, which keeps it unique: the caller may send the id of one trace for ever.
 */
export function requestIdOf(headers: IncomingHttpHeaders, trace: Trace | undefined): string {
  const sent = headers["x-request-id"];
  const own = typeof sent === "string" && form.test(sent) && !token.test(sent) ? sent : undefined;
  if (trace === undefined) return own ?? randomUUID();
  const { traceId } = trace.parent;
  if (own === undefined) return `${traceId}-${trace.spanId}`;
  return own.includes(traceId) ? own : `${traceId}-${trace.spanId}/${own}`;
}

/** 64 random bits: the digits of a UUID that are not its version or its variant. It comes out of Node's pool. */
function createSpanId(): string {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(-8);
}
