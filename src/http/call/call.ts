import { type ContextValues, createContextKey } from "@connectrpc/connect";
import type { Caller } from "../../rules/caller.ts";

/** What the transport knows of a call once its credentials were checked. */
export interface Call {
  readonly caller: Caller;
  /** Random, one for each call; answered in the header `x-request-id` and recorded in the audit log. */
  readonly requestId: string;
  /** Address that the connection came from. Forwarding headers are not believed. */
  readonly peer: string;
}

const key = createContextKey<Call | undefined>(undefined, { description: "the authenticated call" });

/** The transport puts the call here, whatever protocol it came in. */
export function setCall(values: ContextValues, call: Call): void {
  values.set(key, call);
}

/** Undefined only for methods that need no token. */
export function getCall(values: ContextValues): Call | undefined {
  return values.get(key);
}
