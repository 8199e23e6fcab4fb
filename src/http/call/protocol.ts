import type { ConnectError } from "@connectrpc/connect";
import type { CallContext } from "./call-context.ts";
import type { TimeoutHeader } from "./deadline.ts";
import type { Exchange } from "./exchange.ts";

/** How a call and its response are carried over HTTP. */
export interface Protocol {
  readonly name: "connect" | "grpc" | "grpc-web";
  readonly format: "json" | "binary";
  readonly isEnveloped: boolean;
  /** Bodies are in base64. */
  readonly isText?: boolean;
  readonly timeoutHeader: TimeoutHeader;
  readonly encodingHeader: "content-encoding" | "grpc-encoding";
  readonly acceptEncodingHeader: "accept-encoding" | "grpc-accept-encoding";
  /** `requestId` goes into the header `x-request-id`. */
  answer(exchange: Exchange, context: CallContext, requestId: string, message: Uint8Array | string): void;
  /**
   * `context` is undefined before a call exists. `status` replaces the HTTP status of the code, if the protocol has
   * one.
   */
  refuse(
    exchange: Exchange,
    context: CallContext | undefined,
    requestId: string,
    error: ConnectError,
    status?: number,
  ): void;
}
