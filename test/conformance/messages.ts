import type { Any } from "@bufbuild/protobuf/wkt";
import type { Code } from "@connectrpc/connect";

/**
 * The messages of the Connect conformance suite, as far as the server reads them. Its protos come from the suite's Go
 * module and are read at run time, so there are no generated types.
 */
export interface Header {
  readonly name: string;
  readonly value: readonly string[];
}

export interface WantedError {
  readonly code: Code;
  readonly message?: string;
  readonly details: readonly Any[];
}

/** What a method with one answer is to do. */
export interface UnaryRequest {
  readonly responseDefinition?: {
    readonly responseHeaders: readonly Header[];
    readonly responseTrailers: readonly Header[];
    readonly responseDelayMs: number;
    readonly response:
      | { readonly case: "responseData"; readonly value: Uint8Array }
      | {
          readonly case: "error";
          readonly value: WantedError;
        }
      | { readonly case: undefined };
  };
}

/** What a method with a stream of answers is to do. */
export interface StreamRequest {
  readonly responseDefinition?: {
    readonly responseHeaders: readonly Header[];
    readonly responseTrailers: readonly Header[];
    readonly responseData: readonly Uint8Array[];
    readonly responseDelayMs: number;
    readonly error?: WantedError;
  };
  /** Only in requests of BidiStream. */
  readonly fullDuplex?: boolean;
}

export interface ServerCompatRequest {
  readonly httpVersion: number;
  readonly useTls: boolean;
  readonly messageReceiveLimit: number;
  readonly serverCreds?: { readonly cert: Uint8Array; readonly key: Uint8Array };
}
