import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";

/** One request and the place for its answer, the same over HTTP/1.1 and HTTP/2. */
export interface Exchange {
  readonly httpVersion: 1 | 2;
  readonly verb: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, duplicates included. */
  readonly rawHeaders: readonly string[];
  /** Address that the connection came from. */
  readonly peer: string;
  readonly body: Readable;
  /** The answer was sent, or nobody waits for it any more. */
  readonly isOver: boolean;
  /** Headers of the answer that have nothing to do with what is answered. */
  extraHeaders: OutgoingHttpHeaders | undefined;
  /** Calls back once, when the peer is gone or has the whole answer. */
  onceClosed(listener: () => void): void;
  /** Asks the client for the body, if it waits to be asked (`Expect: 100-continue`). */
  awaitBody(): void;
  /** Sends the whole answer at once. Does nothing when the exchange is over. Trailers exist on HTTP/2 only. */
  send(
    status: number,
    headers: OutgoingHttpHeaders,
    payload: Uint8Array | string,
    trailers?: OutgoingHttpHeaders,
  ): void;
}

/** For errors of a connection whose peer is gone: there is nobody to tell. Without a listener they would end the process. */
export function ignore(): void {}
