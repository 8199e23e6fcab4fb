import type { Code } from "@connectrpc/connect";
import { codeToString } from "@connectrpc/connect/protocol-connect";
import type { Trace } from "./trace.ts";

/** A method of the contract, or what has the place of one in another API. */
export interface ObservedMethod {
  readonly name: string;
  readonly parent: { readonly typeName: string };
}

/** A call that was answered or refused, without any of its content. */
export interface ObservedCall {
  readonly method: ObservedMethod;
  /** `ok`, or the code of the error as Connect writes it. */
  readonly code: string;
  /** From the end of its headers to its response or, for a stream, to its end. */
  readonly ms: number;
  readonly requestId: string;
  /** Undefined outside of a trace, and for callers who showed no valid token. */
  readonly trace?: Trace | undefined;
}

/** Must not throw, and must be quick: every call waits for it. */
export type CallObserver = (call: ObservedCall) => void;

/** The name of a code. Undefined means success. */
export function codeName(code: Code | undefined): string {
  return code === undefined ? "ok" : codeToString(code);
}
