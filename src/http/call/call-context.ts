import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { Code, ConnectError, type ContextValues, createContextValues, type HandlerContext } from "@connectrpc/connect";
import type { Exchange } from "./exchange.ts";

/**
 * The context of one unary call. Headers, signal and values cost more than the rest of a call, so each is created only
 * when a handler uses it.
 *
 * 100 times as many contexts in the same time, which saves 10 µs in each call
 * (`npm run bench:parts -- --only call-context`).
 */
export class CallContext implements HandlerContext {
  readonly method: DescMethod;
  readonly service: DescService;
  readonly protocolName: string;
  readonly requestMethod: string;
  readonly url: string;
  /** The call was answered or refused, or its deadline passed. Any later result is dropped. */
  isOver = false;
  readonly #exchange: Exchange;
  #deadlineMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #controller: AbortController | undefined;
  #reason: unknown;
  #requestHeader: Headers | undefined;
  #responseHeader: Headers | undefined;
  #responseTrailer: Headers | undefined;
  #values: ContextValues | undefined;

  constructor(method: DescMethod, protocolName: string, exchange: Exchange) {
    this.method = method;
    this.service = method.parent;
    this.protocolName = protocolName;
    this.requestMethod = exchange.verb;
    this.url = exchange.url;
    this.#exchange = exchange;
  }

  get requestHeader(): Headers {
    this.#requestHeader ??= toHeaders(this.#exchange);
    return this.#requestHeader;
  }

  get responseHeader(): Headers {
    this.#responseHeader ??= new Headers();
    return this.#responseHeader;
  }

  get responseTrailer(): Headers {
    this.#responseTrailer ??= new Headers();
    return this.#responseTrailer;
  }

  /** Response headers and trailers, if a handler used them. Creates none. */
  get answered(): { readonly header: Headers | undefined; readonly trailer: Headers | undefined } {
    return { header: this.#responseHeader, trailer: this.#responseTrailer };
  }

  get values(): ContextValues {
    this.#values ??= createContextValues();
    return this.#values;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.isOver) this.#controller.abort(this.#reason);
      else this.#exchange.onceClosed(() => this.finish(new ConnectError("operation was aborted", Code.Canceled)));
    }
    return this.#controller.signal;
  }

  timeoutMs(): number | undefined {
    return this.#deadlineMs === undefined ? undefined : this.#deadlineMs - Date.now();
  }

  /**
   * Calls `onPassed` after `ms`, unless the call is over. `isNamed`: the caller set the deadline, so handlers see it.
   */
  setDeadline(ms: number, isNamed: boolean, onPassed: () => void): void {
    if (isNamed) this.#deadlineMs = Date.now() + ms;
    this.#timer = setTimeout(onPassed, ms);
    // A caller that disconnects in the middle of a request must not delay a shutdown.
    this.#timer.unref();
  }

  /** Ends the call. Always aborts the signal, even on success, as Connect does. */
  finish(reason?: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#reason = reason;
    clearTimeout(this.#timer);
    this.#controller?.abort(reason);
  }
}

function toHeaders(exchange: Exchange): Headers {
  const headers = new Headers();
  const authority = exchange.headers[":authority"];
  // What HTTP/1.1 calls Host.
  if (typeof authority === "string" && exchange.headers.host === undefined) headers.set("host", authority);
  for (const [name, value] of Object.entries(exchange.headers)) {
    if (value === undefined || name.startsWith(":")) continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  }
  return headers;
}
