import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { PeerCertificate } from "../../crypto/peer-certificate.ts";
import type { Caller } from "../../rules/caller.ts";
import type { ConnectionMemory } from "../call/connection-memory.ts";
import { type Exchange, ignore } from "../call/exchange.ts";
import type { SlowReaders } from "../call/slow-readers.ts";
import type { Trace } from "../call/trace.ts";
import type { ClientAddress } from "./client-address.ts";
import type { Connection } from "./connection.ts";
import { bytesOfLarge } from "./large-text.ts";

/**
 * An HTTP/1.1 (or 1.0) request. After the response, Node drops the unread rest of its body, within the request timeout.
 */
export class Http1Exchange implements Exchange {
  readonly httpVersion = 1;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  extraHeaders: OutgoingHttpHeaders | undefined;
  trace: Trace | undefined;
  readonly verb: string;
  unreadAt = -1;
  readonly connection: ConnectionMemory;
  readonly #connection: Connection;
  readonly #clientAddress: ClientAddress;
  #peer: string | undefined;
  #owesContinue: boolean;
  #isLast = false;
  readonly #isClosing: () => boolean;
  readonly #slowReaders: SlowReaders;
  /** One listener of the response calls them all: each one more would cost a microsecond. */
  readonly #onClosed: (() => void)[] = [];

  /** The call is in progress on its connection from now on, until the response is closed. */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    options: {
      expectsContinue: boolean;
      isClosing: () => boolean;
      connection: Connection;
      /** What the client sent, where the parser was given another one. */
      verb?: string | undefined;
      clientAddress: ClientAddress;
      slowReaders: SlowReaders;
    },
  ) {
    this.request = request;
    this.response = response;
    this.verb = options.verb ?? request.method ?? "";
    this.#connection = options.connection;
    this.connection = options.connection.memoryForExchange();
    this.#clientAddress = options.clientAddress;
    this.#owesContinue = options.expectsContinue;
    this.#isClosing = options.isClosing;
    this.#slowReaders = options.slowReaders;
    this.#connection.begin();
    request.on("error", ignore);
    response.on("error", ignore);
    response.on("close", () => this.#close());
  }

  #close(): void {
    this.#connection.end();
    this.#slowReaders.forget(this);
    for (const listener of this.#onClosed.splice(0)) listener();
  }

  get url(): string {
    return this.request.url ?? "";
  }

  get headers(): IncomingHttpHeaders {
    return this.request.headers;
  }

  get rawHeaders(): readonly string[] {
    return this.request.rawHeaders;
  }

  get peer(): string {
    this.#peer ??= this.#clientAddress(this.#connection.address, this.rawHeaders);
    return this.#peer;
  }

  get body(): IncomingMessage {
    return this.request;
  }

  get isOver(): boolean {
    return this.response.destroyed || this.response.writableEnded;
  }

  get certificate(): PeerCertificate | undefined {
    return this.#connection.certificate;
  }

  authenticated(caller: Caller): void {
    this.#connection.authenticated(caller);
  }

  onceClosed(listener: () => void): void {
    if (this.response.closed) listener();
    else this.#onClosed.push(listener);
  }

  cut(): void {
    this.request.socket.destroy();
  }

  /** Its response is the last one of the connection. */
  closeAfterwards(): void {
    this.#isLast = true;
  }

  awaitBody(): void {
    if (!this.#owesContinue) return;
    this.#owesContinue = false;
    this.response.writeContinue();
  }

  /** For a response that connect-es writes: drops the unread rest of the body, which would block the next request. */
  dropRestOnceAnswered(): void {
    const { request } = this;
    // A `readable` listener that a reader added keeps the stream from flowing.
    const drop = () => {
      while (request.read() !== null);
    };
    this.response.once("finish", () => {
      request.on("readable", drop);
      drop();
    });
  }

  send(status: number, headers: OutgoingHttpHeaders, content: Uint8Array | string): void {
    if (this.isOver) return;
    const { response } = this;
    const payload = bytesOfLarge(content);
    const bytes = typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
    // RFC 9110: No Content has no length, and Not Modified would have to give that of the body that it stands for.
    if (status !== 204 && status !== 304) headers["content-length"] = bytes;
    if (this.extraHeaders !== undefined) Object.assign(headers, this.extraHeaders);
    // A client that still waits for `100 Continue` may send its body or skip it, so the next bytes are ambiguous.
    if (this.#owesContinue || this.#isLast || this.#isClosing()) headers.connection = "close";
    this.#slowReaders.watch(this, bytes);
    response.writeHead(status, headers);
    // Most text is pure ASCII and need not be transcoded.
    response.end(payload, bytes === payload.length ? "latin1" : "utf8");
  }
}
