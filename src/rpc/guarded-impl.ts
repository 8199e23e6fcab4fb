import type {
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import type { Call } from "../http/call/call.ts";
import type { Caller } from "../rules/caller.ts";

/** Authenticates the caller again. Throws UNAUTHENTICATED if the token is no longer valid. */
export type Recheck = () => Promise<Caller> | Caller;

/**
 * All methods of a service as plain functions of the request and the authenticated call. Public methods get no call,
 * only the headers.
 * Methods that return a stream also get a signal, which aborts when the client no longer listens, and a function that
 * authenticates the caller again. `guard` turns it into the implementation that Connect serves. Omitting a method does
 * not compile.
 */
export type GuardedImpl<Service extends DescService, Public extends keyof Service["method"] = never> = {
  readonly [Name in keyof Service["method"]]: Service["method"][Name] extends DescMethodUnary<infer Input, infer Output>
    ? Name extends Public
      ? (request: MessageShape<Input>, context: HandlerContext) => Promise<MessageInitShape<Output>>
      : (request: MessageShape<Input>, call: Call, context: HandlerContext) => Promise<MessageInitShape<Output>>
    : Service["method"][Name] extends DescMethodServerStreaming<infer Input, infer Output>
      ? (
          request: MessageShape<Input>,
          call: Call,
          signal: AbortSignal,
          recheck: Recheck,
        ) => AsyncIterable<MessageInitShape<Output>>
      : never;
};
