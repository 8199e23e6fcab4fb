import { roomForAnswer } from "../call/call-memory.ts";
import { codeName } from "../call/call-observer.ts";
import { refusalProtocolOf } from "../call/choose-protocol.ts";
import type { Exchange } from "../call/exchange.ts";
import { refusalOf, sendPrefixed } from "../call/prefix-call.ts";
import type { DispatchOptions } from "./dispatch.ts";
import { headerBytes } from "./header-bytes.ts";
import { requestIdOf, traceOf } from "./request-id.ts";
import { findApi } from "./serve-prefixed.ts";

/** Objects of a request of which only the headers were read, and of its refusal. */
const refusedBytes = 8 * 1024;

/** Refuses a request before anything is done for it, in the form and with the headers that its response would have. */
export function refuseRequest(options: DispatchOptions, exchange: Exchange, error: unknown): void {
  // The client may have hundreds more on their way: its bodies must come before their refusals are complete.
  if (!roomForAnswer(options.budgets, exchange, refusedBytes + headerBytes(exchange.rawHeaders))) {
    exchange.cut();
    return;
  }
  const requestId = requestIdOf(exchange.headers, traceOf(exchange.headers));
  const startedAt = options.observe === undefined ? 0 : performance.now();
  const api = findApi(options.prefixes ?? {}, exchange.url);
  if (api !== undefined) {
    const prefixed = { request: api.open(exchange, requestId), exchange, requestId, startedAt };
    sendPrefixed(options, prefixed, refusalOf(options, prefixed, error));
    return;
  }
  exchange.extraHeaders = options.cors?.headersFor(exchange.headers.origin);
  const described = options.describeError(error);
  const protocol = refusalProtocolOf(exchange.headers["content-type"], exchange.httpVersion);
  protocol.refuse(exchange, undefined, requestId, described);
  const [path = ""] = exchange.url.split("?", 1);
  const route = options.routes.get(path)?.byVerb.get(exchange.verb);
  if (route?.kind !== "unary" && route?.kind !== "stream") return;
  const ms = performance.now() - startedAt;
  options.observe?.({ method: route.method, code: codeName(described.code), ms, requestId });
}
