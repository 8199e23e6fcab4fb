import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { type Exchange, ignore } from "../call/exchange.ts";

/** An HTTP/1.1 (or 1.0) request. What is not read of its body, Node drops once the answer is sent, within the request timeout. */
export class Http1Exchange implements Exchange {
  readonly httpVersion = 1;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  extraHeaders: OutgoingHttpHeaders | undefined;
  #owesContinue: boolean;
  readonly #isClosing: () => boolean;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    options: { expectsContinue: boolean; isClosing: () => boolean },
  ) {
    this.request = request;
    this.response = response;
    this.#owesContinue = options.expectsContinue;
    this.#isClosing = options.isClosing;
    request.on("error", ignore);
    response.on("error", ignore);
  }

  get verb(): string {
    return this.request.method ?? "";
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
    return this.request.socket.remoteAddress ?? "";
  }

  get body(): IncomingMessage {
    return this.request;
  }

  get isOver(): boolean {
    return this.response.destroyed || this.response.writableEnded;
  }

  onceClosed(listener: () => void): void {
    if (this.response.closed) listener();
    else this.response.once("close", listener);
  }

  awaitBody(): void {
    if (!this.#owesContinue) return;
    this.#owesContinue = false;
    this.response.writeContinue();
  }

  /** For an answer that others write: what they left of the body is dropped. The next request would wait behind it. */
  dropRestOnceAnswered(): void {
    const { request } = this;
    // Whoever began to read waits for it to be readable, so that it cannot flow.
    const drop = () => {
      while (request.read() !== null);
    };
    this.response.once("finish", () => {
      request.on("readable", drop);
      drop();
    });
  }

  send(status: number, headers: OutgoingHttpHeaders, payload: Uint8Array | string): void {
    if (this.isOver) return;
    const { response } = this;
    const bytes = typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
    headers["content-length"] = bytes;
    if (this.extraHeaders !== undefined) Object.assign(headers, this.extraHeaders);
    // A client that waits to be asked for its body sends it later or not at all: what follows cannot be told apart.
    if (this.#owesContinue || this.#isClosing()) headers.connection = "close";
    response.writeHead(status, headers);
    // Text that is ASCII throughout, as most is, need not be transcoded.
    response.end(payload, bytes === payload.length ? "latin1" : "utf8");
  }
}
