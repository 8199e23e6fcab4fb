import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { PeerCertificate } from "../../crypto/peer-certificate.ts";
import type { Caller } from "../../rules/caller.ts";
import type { ConnectionMemory } from "./connection-memory.ts";
import type { Unread } from "./slow-readers.ts";
import type { Trace } from "./trace.ts";

/** One request and its response, the same for HTTP/1.1 and HTTP/2. */
export interface Exchange extends Unread {
  readonly httpVersion: 1 | 2;
  readonly verb: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values alternate. Includes duplicates. */
  readonly rawHeaders: readonly string[];
  /** Address of the client: where the connection came from, or what a trusted proxy says. */
  readonly peer: string;
  /** What the client has shown in TLS. Undefined: nothing, or the connection is that of a proxy. */
  readonly certificate: PeerCertificate | undefined;
  /** What all exchanges of the connection hold. */
  readonly connection: ConnectionMemory;
  readonly body: Readable;
  /** The response was sent, or the client no longer waits for it. */
  readonly isOver: boolean;
  /** Headers of the response that do not depend on its content, such as those of CORS. */
  extraHeaders: OutgoingHttpHeaders | undefined;
  /** The trace of a call whose caller has shown a valid token: strangers must not fill the records of traces. */
  trace: Trace | undefined;
  /** The caller has shown a valid token: their connection does not give way to those of strangers. */
  authenticated(caller: Caller): void;
  /** Calls `listener` once, when the peer is gone or the whole response was sent. */
  onceClosed(listener: () => void): void;
  /** Closes the connection or the stream without a response. */
  cut(): void;
  /** Asks the client for the body, if it waits for that (`Expect: 100-continue`). */
  awaitBody(): void;
  /** Sends the whole response at once. Does nothing if the exchange is over. Trailers exist on HTTP/2 only. */
  send(
    status: number,
    headers: OutgoingHttpHeaders,
    payload: Uint8Array | string,
    trailers?: OutgoingHttpHeaders,
  ): void;
}

/**
 * Listener for errors of a connection whose peer is gone. They need no handling, but without a listener they would end
 * the process.
 */
export function ignore(): void {}
