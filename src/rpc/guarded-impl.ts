import type {
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { Call } from "../http/call/call.ts";
import type { Caller } from "../rules/caller.ts";

/** Who the caller is by now. Throws UNAUTHENTICATED once the token is no longer good. */
export type Recheck = () => Promise<Caller> | Caller;

/**
 * All methods of a service as plain functions of the request and the authenticated call; those that are public have no
 * call, and those that answer a stream get the signal that aborts when nobody listens any more, and may ask who the caller
 * is by now. `guard` turns it into what
 * connect serves; leaving a method out does not compile.
 */
export type GuardedImpl<Service extends DescService, Public extends keyof Service["method"] = never> = {
  readonly [Name in keyof Service["method"]]: Service["method"][Name] extends DescMethodUnary<infer Input, infer Output>
    ? Name extends Public
      ? (request: MessageShape<Input>) => Promise<MessageInitShape<Output>>
      : (request: MessageShape<Input>, call: Call) => Promise<MessageInitShape<Output>>
    : Service["method"][Name] extends DescMethodServerStreaming<infer Input, infer Output>
      ? (
          request: MessageShape<Input>,
          call: Call,
          signal: AbortSignal,
          recheck: Recheck,
        ) => AsyncIterable<MessageInitShape<Output>>
      : never;
};
