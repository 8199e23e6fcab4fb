import type { OutgoingHttpHeaders } from "node:http";
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream, sensitiveHeaders } from "node:http2";
import type { PeerCertificate } from "../../crypto/peer-certificate.ts";
import type { Caller } from "../../rules/caller.ts";
import type { ConnectionMemory } from "../call/connection-memory.ts";
import { type Exchange, ignore } from "../call/exchange.ts";
import type { SlowReaders } from "../call/slow-readers.ts";
import type { Trace } from "../call/trace.ts";
import type { ClientAddress } from "./client-address.ts";
import type { Connection } from "./connection.ts";
import { bytesOfLarge } from "./large-text.ts";
import { withoutStacks } from "./without-stacks.ts";

/** Time for a client to end a request that was already answered. Some clients never do, and leave it to the server. */
const unreadBodyMs = 1000;

/**
 * A header that differs in every response must not enter the HPACK table of either side. It would evict another header
 * each time, and never be used again.
 */
const neverIndexed = { [sensitiveHeaders]: ["x-request-id"] };

/** A request on an HTTP/2 stream. */
export class Http2Exchange implements Exchange {
  readonly httpVersion = 2;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: ServerHttp2Stream;
  extraHeaders: OutgoingHttpHeaders | undefined;
  trace: Trace | undefined;
  unreadAt = -1;
  readonly connection: ConnectionMemory;
  readonly #connection: Connection;
  readonly #clientAddress: ClientAddress;
  #peer: string | undefined;
  readonly #discardBytes: number;
  readonly #slowReaders: SlowReaders;
  readonly #onCut: () => void;

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    rawHeaders: readonly string[],
    options: {
      connection: Connection;
      clientAddress: ClientAddress;
      discardBytes: number;
      slowReaders: SlowReaders;
      onCut: () => void;
    },
  ) {
    this.body = stream;
    this.headers = headers;
    this.rawHeaders = rawHeaders;
    this.#connection = options.connection;
    this.connection = options.connection.memoryForExchange();
    this.#clientAddress = options.clientAddress;
    this.#discardBytes = options.discardBytes;
    this.#slowReaders = options.slowReaders;
    this.#onCut = options.onCut;
    stream.on("error", ignore);
  }

  get peer(): string {
    this.#peer ??= this.#clientAddress(this.#connection.address, this.rawHeaders);
    return this.#peer;
  }

  get verb(): string {
    return this.headers[":method"] ?? "";
  }

  get url(): string {
    return this.headers[":path"] ?? "";
  }

  /** A stream that the client reset is closed for a moment before it is destroyed. Node then throws at a response. */
  get isOver(): boolean {
    return this.body.closed || this.body.destroyed || this.body.headersSent;
  }

  get certificate(): PeerCertificate | undefined {
    return this.#connection.certificate;
  }

  authenticated(caller: Caller): void {
    this.#connection.authenticated(caller);
  }

  onceClosed(listener: () => void): void {
    if (this.body.closed || this.body.destroyed) listener();
    else this.body.once("close", listener);
  }

  cut(): void {
    this.#onCut();
    reset(this.body);
  }

  awaitBody(): void {
    if (this.headers.expect === "100-continue" && !this.isOver) this.body.additionalHeaders({ ":status": 100 });
  }

  send(
    status: number,
    headers: OutgoingHttpHeaders,
    content: Uint8Array | string,
    trailers?: OutgoingHttpHeaders,
  ): void {
    if (this.isOver) return;
    const stream = this.body;
    const payload = bytesOfLarge(content);
    this.#slowReaders.watch(this, payload.length);
    this.onceClosed(() => this.#slowReaders.forget(this));
    const list = Object.assign([":status", String(status)], neverIndexed);
    addPairs(list, headers);
    if (this.extraHeaders !== undefined) addPairs(list, this.extraHeaders);
    if (trailers !== undefined) {
      stream.once("wantTrailers", () => stream.sendTrailers(trailers));
      stream.respond(list, { waitForTrailers: true });
      stream.end(payload);
    } else if (payload.length === 0 || this.verb === "HEAD") {
      stream.respond(list, { endStream: true });
    } else {
      stream.respond(list);
      stream.end(payload);
    }
    if (!stream.readableEnded) dropRest(stream, this.#discardBytes);
  }

  /** For a response that connect-es writes: once it is complete, the client must not keep the stream open. */
  closeOnceAnswered(): void {
    const stream = this.body;
    stream.once("finish", () => {
      if (!stream.readableEnded) closeLater(stream);
    });
  }
}

/** Node sends a list of names and values as it is, but copies an object first. */
function addPairs(list: string[], headers: OutgoingHttpHeaders): void {
  for (const name in headers) {
    const value = headers[name];
    // Cookies must not be joined: a comma is a part of the first one.
    if (Array.isArray(value)) for (const each of value) list.push(name, each);
    else if (value !== undefined) list.push(name, String(value));
  }
}

/**
 * Reads and drops the rest of a body, so that the client can finish sending and read its response. Both the time and
 * the number of bytes are limited.
 */
function dropRest(stream: ServerHttp2Stream, maxBytes: number): void {
  closeLater(stream);
  let seen = 0;
  stream.on("data", (chunk: Buffer) => {
    seen += chunk.length;
    if (seen <= maxBytes) return;
    stream.removeAllListeners("data").pause();
    if (stream.writableFinished) stream.close(constants.NGHTTP2_NO_ERROR);
    else stream.once("finish", () => stream.close(constants.NGHTTP2_NO_ERROR));
  });
}

function closeLater(stream: ServerHttp2Stream): void {
  const timer = setTimeout(() => reset(stream), unreadBodyMs);
  stream.once("close", () => clearTimeout(timer));
}

/**
 * Ends a stream at once, whatever is unread on either side. A stream that is closed without an error sends its
 * RST_STREAM only after its response. If it is destroyed before, Node forgets it, but nghttp2 does not: it asks for the
 * rest, and gets nothing, so that it writes empty DATA frames without end, in one turn of the event loop. An error code
 * sends the RST_STREAM at once.
 */
function reset(stream: ServerHttp2Stream): void {
  withoutStacks(() => {
    stream.close(stream.writableFinished ? constants.NGHTTP2_NO_ERROR : constants.NGHTTP2_ENHANCE_YOUR_CALM);
    // Unread bytes would keep the stream open.
    stream.destroy();
  });
}
