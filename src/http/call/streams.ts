import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { type DescMethod, getOption, type Message } from "@bufbuild/protobuf";
import { Code, ConnectError, createConnectRouter, createContextValues, type Interceptor } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { compressionGzip, universalRequestFromNodeRequest } from "@connectrpc/connect-node";
import { refuse_unknown_fields } from "../../../gen/secret/v1/method_options_pb.ts";
import { limits } from "../../limits.ts";
import { type Call, getCall, setCall } from "./call.ts";
import { CallMemory } from "./call-memory.ts";
import { type CallObserver, codeName } from "./call-observer.ts";
import { refusalProtocolOf } from "./choose-protocol.ts";
import type { JsonTypes } from "./codec.ts";
import type { Budgets } from "./connection-memory.ts";
import { readDeadline, type TimeoutHeader } from "./deadline.ts";
import { jsonDecodeError } from "./decode-error.ts";
import { deliver, type Reads } from "./deliver.ts";
import { toConnectError } from "./error.ts";
import type { Exchange } from "./exchange.ts";
import { asBinary, decodeChunks, isText, toText } from "./grpc-web-text.ts";
import type { HttpLog } from "./log.ts";
import { invalidBody, unknownField } from "./refusal.ts";
import type { HttpTimeouts, RequestLimits } from "./request-limits.ts";
import type { StreamRoute } from "./routes.ts";
import type { ServedService } from "./service.ts";
import type { SlowReaders } from "./slow-readers.ts";
import { getTrace, setTrace } from "./trace.ts";
import { hasUnknownFields } from "./unknown-fields.ts";

export interface StreamOptions {
  readonly services: readonly ServedService[];
  readonly limits: RequestLimits;
  readonly timeouts: HttpTimeouts;
  readonly types: JsonTypes;
  /** Streams end when this aborts, with the reason `serverStops`. */
  readonly shutdownSignal: AbortSignal;
  readonly log: HttpLog;
  readonly observe: CallObserver | undefined;
  readonly budgets: Budgets;
  readonly slowReaders: SlowReaders;
}

export interface StreamCall {
  readonly route: StreamRoute;
  readonly requestId: string;
  readonly call: Call | undefined;
  readonly exchange: Exchange;
}

type NodeRequest = IncomingMessage | Http2ServerRequest;
type NodeResponse = ServerResponse | Http2ServerResponse;

export type StreamServer = (stream: StreamCall, request: NodeRequest, response: NodeResponse) => void;

const timeoutHeaders: readonly TimeoutHeader[] = ["connect-timeout-ms", "grpc-timeout"];
const acceptHeaders = ["accept-encoding", "connect-accept-encoding", "grpc-accept-encoding"] as const;

/** With this reason the signal of `StreamOptions` aborts. Streams end with it. */
export const serverStops = new ConnectError("the service is stopping; connect again", Code.Unavailable);

/** Time for streams to end when the server stops. connect-es keeps waiting for a client that sends no message. */
const streamEndMs = 1000;

/**
 * Serves streams with the handlers of connect-es. Unary calls never come here: connect-es decodes them before any of
 * our code runs, and its errors quote the input. This function lets no error through, not even those that connect-es
 * throws for an invalid Host header.
 */
export function createStreamServer(options: StreamOptions): StreamServer {
  const handlers = createHandlers(options);
  const open = trackUntilShutdown(options.shutdownSignal);
  const serve: StreamServer = (stream, request, response) => {
    const { route, requestId, call, exchange } = stream;
    const contentType = exchange.headers["content-type"] ?? "";
    const isInText = isText(contentType);
    const refuse = (error: ConnectError, status?: number) =>
      refusalProtocolOf(contentType, exchange.httpVersion).refuse(exchange, undefined, requestId, error, status);
    try {
      if (isUnsupported(contentType, exchange.httpVersion)) {
        return refuse(invalidBody("the content-type is not supported for this stream"), 415);
      }
      prepareHeaders(request, options.timeouts);
      if (isInText) asBinary(request.headers);
      const handler = handlers.get(`/${route.method.parent.typeName}/${route.method.name}`);
      if (handler === undefined) throw new Error(`no handler for ${route.method.name}`);
      const values = createContextValues();
      if (call !== undefined) setCall(values, call);
      setTrace(values, exchange.trace);
      // Destroying the request where reading stops would leave its rest on the HTTP/1.1 connection and block it.
      const body = request.iterator({ destroyOnReturn: false });
      const universal = {
        ...universalRequestFromNodeRequest(request, response, undefined, values),
        body: isInText ? decodeChunks(body) : body,
      };
      response.setHeader("cache-control", "no-store");
      // nginx and others collect a response before they pass it on, and a watch has no end.
      response.setHeader("x-accel-buffering", "no");
      response.setHeader("x-request-id", requestId);
      for (const [name, value] of Object.entries(exchange.extraHeaders ?? {})) response.setHeader(name, value ?? "");
      exchange.awaitBody();
      open(response);
      handler(universal)
        .then((answer) => deliver(isInText ? toText(answer) : answer, response, readsOf(options.slowReaders, exchange)))
        .catch((error: unknown) => {
          options.log({ level: "error", message: `the stream ${route.method.name} broke`, error, requestId });
        });
    } catch (error) {
      // A malformed timeout arrives as a ConnectError of its own. connect-es throws another error for an invalid Host
      // header. Everything else was checked before, so any other error is attributed to that header.
      refuse(
        error instanceof ConnectError && error.code !== Code.Internal
          ? error
          : invalidBody("the Host header is not valid"),
      );
    }
  };
  return (stream, request, response) => {
    const { exchange, requestId, call } = stream;
    const memory = new CallMemory(options.budgets, exchange, call, () => {});
    memory.reserve(limits.streamBytes, (error) => {
      if (error === undefined) return serve(stream, request, response);
      const protocol = refusalProtocolOf(exchange.headers["content-type"], exchange.httpVersion);
      protocol.refuse(exchange, undefined, requestId, toConnectError(error));
    });
  };
}

/** Cuts a stream off when its client does not take a message. One that has no message to take may be silent. */
function readsOf(slowReaders: SlowReaders, exchange: Exchange): Reads {
  let isClosed = false;
  exchange.onceClosed(() => {
    isClosed = true;
    slowReaders.forget(exchange);
  });
  return {
    sent(bytes) {
      if (!isClosed) slowReaders.watch(exchange, bytes);
    },
    taken: () => slowReaders.forget(exchange),
  };
}

/** Tracks open responses, and closes those that have not ended `streamEndMs` after the server began to stop. */
function trackUntilShutdown(shutdownSignal: AbortSignal): (response: NodeResponse) => void {
  const open = new Set<NodeResponse>();
  const cut = () => {
    for (const response of open) ("stream" in response ? response.stream : response).destroy();
  };
  shutdownSignal.addEventListener("abort", () => setTimeout(cut, streamEndMs).unref());
  return (response) => {
    open.add(response);
    response.once("close", () => open.delete(response));
  };
}

function createHandlers(options: StreamOptions): ReadonlyMap<string, UniversalHandler> {
  const router = createConnectRouter({
    readMaxBytes: options.limits.anonymousRequestBytes,
    acceptCompression: [compressionGzip],
    jsonOptions: { ...options.types, ignoreUnknownFields: false, alwaysEmitImplicit: true },
    shutdownSignal: options.shutdownSignal,
    interceptors: [createErrorCover(options)],
  });
  for (const { service, implementation, isPublic } of options.services) {
    const isOpen = service.methods.some((method) => method.methodKind !== "unary" && isPublic(method));
    const readMaxBytes = isOpen ? options.limits.anonymousRequestBytes : options.limits.streamRequestBytes;
    router.service(service, implementation, { readMaxBytes });
  }
  const streams = router.handlers.filter((handler) => handler.method.methodKind !== "unary");
  return new Map(streams.map((handler) => [handler.requestPath, handler]));
}

/** The gRPC protocols are not served with JSON, and gRPC itself only over HTTP/2. */
function isUnsupported(contentType: string, httpVersion: 1 | 2): boolean {
  const type = contentType.toLowerCase();
  if (/^application\/grpc(-web(-text)?)?\+json/.test(type)) return true;
  return httpVersion === 1 && /^application\/grpc(\+|;|$)/.test(type);
}

/** Shortens the deadline to the maximum, and disables compression of the response, whatever the client accepts. */
function prepareHeaders(request: NodeRequest, timeouts: HttpTimeouts): void {
  const { headers } = request;
  for (const name of timeoutHeaders) {
    const deadline = readDeadline(name, headers[name], timeouts.maxStreamDeadlineMs);
    if (deadline === undefined) continue;
    const wholeMs = Math.max(1, Math.floor(deadline));
    headers[name] = name === "grpc-timeout" ? `${Math.min(wholeMs, 99_999_999)}m` : String(wholeMs);
  }
  for (const name of acceptHeaders) headers[name] = "identity";
}

/** Replaces the errors of connect-es about messages that it could not decode, and logs other failures. */
function createErrorCover({ log, observe }: StreamOptions): Interceptor {
  return (next) => async (request) => {
    if (!request.stream) return next(request);
    const startedAt = performance.now();
    const onEnd = (code: string) => {
      const requestId = getCall(request.contextValues)?.requestId ?? "";
      const trace = getTrace(request.contextValues);
      observe?.({ method: request.method, code, ms: performance.now() - startedAt, requestId, trace });
    };
    const message = refuseUnknown(request.method, coverDecoding(request.message));
    const answer = await next({ ...request, message });
    if (!answer.stream) return answer;
    const messages = failWhenEnded(answer.message, request.signal);
    return { ...answer, message: observeEnd(logFailures(messages, request.method.name, log), onEnd) };
  };
}

/**
 * A handler ends its stream when the deadline passes or the server stops. That must not look like success: a client
 * would leave its loop as if there were nothing more to come.
 */
async function* failWhenEnded<T>(messages: AsyncIterable<T>, signal: AbortSignal): AsyncIterable<T> {
  yield* messages;
  const { reason } = signal;
  const isEnded = reason === serverStops || (reason instanceof ConnectError && reason.code === Code.DeadlineExceeded);
  if (isEnded) throw reason;
}

async function* logFailures<T>(messages: AsyncIterable<T>, method: string, log: HttpLog): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    if (!(error instanceof ConnectError)) log({ level: "error", message: `${method} failed`, error });
    throw error;
  }
}

async function* observeEnd<T>(messages: AsyncIterable<T>, onEnd: (code: string) => void): AsyncIterable<T> {
  // A stream that neither ends nor fails was canceled by the client.
  let code = codeName(Code.Canceled);
  try {
    yield* messages;
    code = codeName(undefined);
  } catch (error) {
    code = codeName(error instanceof ConnectError ? error.code : Code.Internal);
    throw error;
  } finally {
    onEnd(code);
  }
}

/** As for unary calls, if the method refuses fields that the contract does not have. */
async function* refuseUnknown<T extends Message>(method: DescMethod, messages: AsyncIterable<T>): AsyncIterable<T> {
  const isRefused = getOption(method, refuse_unknown_fields);
  for await (const message of messages) {
    if (isRefused && hasUnknownFields(method.input, message)) throw unknownField(method.input);
    yield message;
  }
}

async function* coverDecoding<T>(messages: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    if (error instanceof ConnectError && error.code === Code.InvalidArgument && error.cause !== undefined) {
      throw jsonDecodeError(error.cause);
    }
    if (error instanceof ConnectError && error.rawMessage.startsWith("parse binary")) {
      throw invalidBody("the message is not valid in the binary format");
    }
    throw error;
  }
}
