import type { IncomingHttpHeaders } from "node:http";
import { type ContextValues, createContextKey } from "@connectrpc/connect";
import type { TraceParent } from "../../text/traceparent.ts";

/** The trace of an accepted call, and the span that the call itself is in it. */
export interface Trace {
  readonly parent: TraceParent;
  /** 16 hex digits. They are also in the request id, unless that is one of the caller's with the trace in it. */
  readonly spanId: string;
  readonly protocol: "grpc" | "grpc-web" | "connect" | "http";
}

/** The protocol that a request speaks, as far as its headers say. Requests of REST and of Vault are `http`. */
export function protocolName(headers: IncomingHttpHeaders): Trace["protocol"] {
  const type = headers["content-type"] ?? "";
  if (type.startsWith("application/grpc-web")) return "grpc-web";
  if (type.startsWith("application/grpc")) return "grpc";
  const isConnect = headers["connect-protocol-version"] !== undefined || /^application\/(?:connect\+|proto)/.test(type);
  return isConnect ? "connect" : "http";
}

const key = createContextKey<Trace | undefined>(undefined, { description: "the trace of the call" });

/** Used by the transport for streams. */
export function setTrace(values: ContextValues, trace: Trace | undefined): void {
  if (trace !== undefined) values.set(key, trace);
}

/** Undefined without a trace. */
export function getTrace(values: ContextValues): Trace | undefined {
  return values.get(key);
}
