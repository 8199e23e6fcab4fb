import type { IncomingHttpHeaders } from "node:http";
import { type ContextValues, createContextKey } from "@connectrpc/connect";
import type { PeerCertificate } from "../../crypto/peer-certificate.ts";
import type { Caller } from "../../rules/caller.ts";
import type { Room } from "../../rules/decision-record.ts";

/** An authenticated call, as the transport knows it. */
export interface Call {
  readonly caller: Caller;
  /** From the caller, or random. Sent in the response header `x-request-id` and recorded in the audit log. */
  readonly requestId: string;
  /** Address of the client: where the connection came from, or what a trusted proxy says. */
  readonly peer: string;
  /** The credentials of a stream, to check them again. */
  readonly authorization?: string | undefined;
  /** What the client of a stream has shown in TLS, to check that again. */
  readonly certificate?: PeerCertificate | undefined;
  /** Set once the call is served. */
  room?: Room;
}

/** Where a call comes from that needs no token, and may have none. */
export interface Visit {
  readonly requestId: string;
  readonly peer: string;
  readonly headers: IncomingHttpHeaders;
}

const key = createContextKey<Call | undefined>(undefined, { description: "the authenticated call" });

const visitKey = createContextKey<Visit | undefined>(undefined, { description: "a call that needs no token" });

/** Used by the transport of every protocol. */
export function setCall(values: ContextValues, call: Call): void {
  values.set(key, call);
}

/** Undefined only for methods that need no token. */
export function getCall(values: ContextValues): Call | undefined {
  return values.get(key);
}

/** Used by the transport for unary methods that need no token. */
export function setVisit(values: ContextValues, visit: Visit): void {
  values.set(visitKey, visit);
}

/** Undefined without a transport. */
export function getVisit(values: ContextValues): Visit | undefined {
  return values.get(visitKey);
}
