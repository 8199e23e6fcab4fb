import type { Call } from "./call.ts";
import type { ObservedMethod } from "./call-observer.ts";
import type { Exchange } from "./exchange.ts";

/**
 * An API with a format of its own, which serves every path that begins with a prefix. The rest of a path names what is
 * asked for, so it must not get into a log or a metric.
 */
export interface PrefixApi {
  /** What a request asks for, by its verb, its path and its headers. Never throws. */
  open(exchange: Exchange, requestId: string): PrefixedRequest;
}

export interface PrefixedRequest {
  readonly method: ObservedMethod;
  /** Needs no token: `credential` is not asked for, and there is no call. */
  readonly isPublic: boolean;
  readonly hasBody: boolean;
  /** The credential in the form of an Authorization header; undefined without one. Throws `SecretError`. */
  credential(): string | undefined;
  /** Carries the request out. Every refusal is an answer; anything that is thrown is a programming error. */
  handle(call: Call | undefined, body: Uint8Array): Promise<PrefixedAnswer>;
  /** The answer to a request that was refused before it could be carried out. */
  refuse(error: unknown, refusal: PrefixRefusal): PrefixedAnswer;
}

/** An error as callers of the contract would see it. */
export interface PrefixRefusal {
  readonly code: string;
  readonly message: string;
}

export interface PrefixedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text: string;
  /** `ok`, or the code of the error, for metrics. */
  readonly code: string;
}

/** By the start of the path, such as `/v1/`. */
export type PrefixApis = Readonly<Record<string, PrefixApi>>;
