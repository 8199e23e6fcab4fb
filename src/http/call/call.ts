import { type ContextValues, createContextKey } from "@connectrpc/connect";
import type { Caller } from "../../rules/caller.ts";
import type { Room } from "../../rules/decision-record.ts";

/** An authenticated call, as the transport knows it. */
export interface Call {
  readonly caller: Caller;
  /** From the caller, or random. Sent in the response header `x-request-id` and recorded in the audit log. */
  readonly requestId: string;
  /** Address of the client: where the connection came from, or what a trusted proxy says. */
  readonly peer: string;
  /** Set once the call is served. */
  room?: Room;
}

const key = createContextKey<Call | undefined>(undefined, { description: "the authenticated call" });

/** Where a call of a method that needs no token comes from. */
export type Sender = Pick<Call, "requestId" | "peer">;

const senderKey = createContextKey<Sender>({ requestId: "", peer: "" }, { description: "the sender of a public call" });

/** Used by the transport for methods that need no token. */
export function setSender(values: ContextValues, sender: Sender): void {
  values.set(senderKey, sender);
}

/** Of a method that needs no token. */
export function getSender(values: ContextValues): Sender {
  return values.get(senderKey);
}

/** Used by the transport of every protocol. */
export function setCall(values: ContextValues, call: Call): void {
  values.set(key, call);
}

/** Undefined only for methods that need no token. */
export function getCall(values: ContextValues): Call | undefined {
  return values.get(key);
}
