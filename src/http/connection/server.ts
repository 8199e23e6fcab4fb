import { once } from "node:events";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import http2, { type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Stream } from "node:http2";
import https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ConnectError } from "@connectrpc/connect";
import type { CallObserver } from "../call/call-observer.ts";
import { createBinaryCodec, createJsonCodec, type JsonTypes } from "../call/codec.ts";
import { toConnectError } from "../call/error.ts";
import type { HttpLog } from "../call/log.ts";
import { overLimit } from "../call/refusal.ts";
import { type HttpTimeouts, httpTimeouts, type RequestLimits, requestLimits } from "../call/request-limits.ts";
import { createRouteTable, type Documents } from "../call/routes.ts";
import type { ServedService } from "../call/service.ts";
import { createStreamServer, type StreamCall, serverStops } from "../call/streams.ts";
import { answerClientError } from "./client-error.ts";
import { capConnections } from "./connection-cap.ts";
import { connectionLimits } from "./connection-limits.ts";
import { createCors } from "./cors.ts";
import { type DispatchOptions, dispatch, type Probes, refuseRequest } from "./dispatch.ts";
import { Http1Exchange } from "./http1-exchange.ts";
import { Http2Exchange } from "./http2-exchange.ts";
import { createPipeline } from "./pipeline.ts";
import { createSessions } from "./sessions.ts";
import { shutDown } from "./shutdown.ts";
import { type ConnectionSorter, createConnectionSorter } from "./single-port.ts";

export interface HttpServerOptions {
  readonly services: readonly ServedService[];
  /**
   * Checks the Authorization header, before the body is read. Throws `SecretError`: UNAUTHENTICATED, or another reason
   * if the check itself fails.
   */
  readonly authenticate: DispatchOptions["authenticate"];
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** Plain GET and HEAD paths that need no token, such as `/healthz`. */
  readonly probes: Probes;
  /** JSON texts by path, for callers with a token. */
  readonly documents?: Documents;
  /** Origins whose pages may call the service and read its responses, exactly as browsers send them. Default: none. */
  readonly corsOrigins?: readonly string[];
  readonly log: HttpLog;
  /** Called for every call that was answered or refused. */
  readonly observe?: CallObserver | undefined;
  readonly limits?: Partial<RequestLimits>;
  readonly timeouts?: Partial<HttpTimeouts>;
  /** Open connections from one address. More are closed at once. Default: only the limit on all connections applies. */
  readonly connectionsPerAddress?: number | undefined;
  readonly jsonTypes?: JsonTypes;
  /** The error that the caller sees. Default: `toConnectError`. */
  readonly describeError?: (error: unknown) => ConnectError;
}

export interface HttpServer {
  /** Port 0 means any free port. Rejects if the address cannot be used. */
  listen(host: string, port: number): Promise<{ host: string; port: number }>;
  /**
   * Refuses new connections and ends streams. Resolves when calls in progress are answered, or cut off after the grace
   * period.
   */
  close(): Promise<void>;
}

/**
 * Serves gRPC, gRPC-Web, Connect, the REST paths of the contract, documents and probes on one port, over HTTP/1.1 and
 * HTTP/2, with or without TLS.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const limits: RequestLimits = { ...requestLimits, ...options.limits };
  const timeouts: HttpTimeouts = { ...httpTimeouts, ...options.timeouts };
  const { log, corsOrigins = [] } = options;
  const shutdown = new AbortController();
  const types = options.jsonTypes ?? {};
  const streams = createStreamServer({
    services: options.services,
    limits,
    timeouts,
    types,
    shutdownSignal: shutdown.signal,
    log,
    observe: options.observe,
  });
  const dispatching: DispatchOptions = {
    routes: createRouteTable(options.services, options.documents),
    json: createJsonCodec(limits, types),
    binary: createBinaryCodec(limits),
    authenticate: options.authenticate,
    probes: options.probes,
    cors: corsOrigins.length === 0 ? undefined : createCors(corsOrigins),
    limits,
    timeouts,
    log,
    describeError: options.describeError ?? toConnectError,
    observe: options.observe,
  };
  const sessions = createSessions(timeouts.stalledMs);
  const engine2 = createHttp2Engine({ sessions, dispatching, streams });
  const engine1 = createHttp1Engine({
    tls: options.tls,
    dispatching,
    streams,
    isClosing: () => shutdown.signal.aborted,
  });
  const sorter = takeConnections(engine1, options.tls !== undefined, timeouts.sniffMs, (socket) => {
    // HTTP/1.1 servers keep a connection half open after the peer ends it. In HTTP/2, such a peer is gone.
    socket.allowHalfOpen = false;
    engine2.emit("connection", socket);
  });

  if (options.connectionsPerAddress !== undefined) capConnections(engine1, options.connectionsPerAddress);

  return {
    async listen(host, port) {
      engine1.listen(port, host);
      await once(engine1, "listening");
      const address = engine1.address() as AddressInfo;
      return { host: address.address, port: address.port };
    },
    close: () =>
      shutDown({
        server: engine1,
        sorter,
        sessions,
        graceMs: timeouts.shutdownMs,
        endStreams: () => shutdown.abort(serverStops),
      }),
  };
}

/**
 * Takes new connections from `engine`, the HTTP/1.1 server that owns the port, and gives it back those that speak
 * HTTP/1.1: removes its connection listener, and calls it only for them. The engine must own the port. A server that
 * does not listen does not track its connections, and its timeouts silently do nothing.
 */
function takeConnections(
  engine: http.Server,
  isTls: boolean,
  sniffMs: number,
  onHttp2: (socket: Socket) => void,
): ConnectionSorter {
  const event = isTls ? "secureConnection" : "connection";
  const [onHttp1] = engine.listeners(event).slice(-1);
  if (onHttp1 === undefined) throw new Error(`this version of Node has no ${event} listener to take over`);
  engine.off(event, onHttp1 as (...args: unknown[]) => void);
  const sorter = createConnectionSorter({ sniffMs, onHttp1: (socket) => onHttp1.call(engine, socket), onHttp2 });
  engine.on(event, (socket: Socket) => sorter.accept(socket));
  return sorter;
}

interface EngineOptions {
  readonly dispatching: DispatchOptions;
  readonly streams: ReturnType<typeof createStreamServer>;
}

function createHttp1Engine(
  options: EngineOptions & { readonly tls: HttpServerOptions["tls"]; readonly isClosing: () => boolean },
): http.Server {
  const { dispatching, streams, isClosing } = options;
  const { timeouts } = dispatching;
  const settings: http.ServerOptions = {
    maxHeaderSize: connectionLimits.headerBytes,
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.idleMs,
    connectionsCheckingInterval: Math.max(
      10,
      Math.min(1000, Math.floor(Math.min(timeouts.headersMs, timeouts.requestMs) / 4)),
    ),
  };
  const engine: http.Server =
    options.tls === undefined
      ? http.createServer(settings)
      : https.createServer({
          ...settings,
          ...options.tls,
          ALPNProtocols: ["h2", "http/1.1"],
          handshakeTimeout: timeouts.sniffMs,
        });
  engine.maxConnections = connectionLimits.connections;
  // One more pair than allowed, so that a request with too many is noticed and refused. Node drops the others.
  engine.maxHeadersCount = connectionLimits.headerCount + 1;
  engine.timeout = timeouts.stalledMs;

  const lastResponses = new WeakMap<Duplex, ServerResponse>();
  const pipeline = createPipeline();
  const serve = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
    const { socket } = request;
    lastResponses.set(socket, response);
    const exchange = new Http1Exchange(request, response, { expectsContinue, isClosing });
    const isEntered = pipeline.enter(socket, response, () =>
      dispatch(dispatching, exchange, (route, requestId, call) => {
        socket.setTimeout(0);
        response.once("close", () => socket.setTimeout(timeouts.stalledMs));
        exchange.dropRestOnceAnswered();
        streams({ route, requestId, call, exchange }, request, response);
      }),
    );
    if (!isEntered) refuseRequest(dispatching, exchange, tooManyRequests());
  };
  engine.on("request", (request, response) => serve(request, response, false));
  engine.on("checkContinue", (request, response) => serve(request, response, true));
  engine.on("clientError", (error, socket) => answerClientError(error, socket, lastResponses.get(socket)));
  return engine;
}

function createHttp2Engine(
  options: EngineOptions & { readonly sessions: ReturnType<typeof createSessions> },
): http2.Http2Server {
  const { sessions, dispatching, streams } = options;
  const { limits } = dispatching;
  const streamCalls = new WeakMap<object, StreamCall>();
  const engine = http2.createServer(
    {
      maxSessionMemory: connectionLimits.sessionMemoryMb,
      maxHeaderListPairs: connectionLimits.headerCount + 8,
      streamResetBurst: connectionLimits.resetBurst,
      streamResetRate: connectionLimits.resetRate,
      settings: {
        maxConcurrentStreams: connectionLimits.concurrentStreams,
        maxHeaderListSize: connectionLimits.headerBytes,
        enablePush: false,
      },
    },
    (request: Http2ServerRequest, response: Http2ServerResponse) => {
      const streamCall = streamCalls.get(request.stream);
      if (streamCall !== undefined) streams(streamCall, request, response);
    },
  );
  // Node's adapter from streams to request and response objects. Only connect-es needs it.
  const [toRequest] = engine.listeners("stream");
  if (toRequest === undefined) throw new Error("this version of Node has no stream listener to take over");
  engine.off("stream", toRequest as (...args: unknown[]) => void);

  engine.on("session", (session) => sessions.add(session));
  engine.on("sessionError", () => {});
  engine.on("stream", (stream: ServerHttp2Stream, headers, flags, rawHeaders: string[]) => {
    const exchange = new Http2Exchange(stream, headers, rawHeaders, {
      peer: sessions.peerOf(stream),
      discardBytes: limits.requestBytes,
    });
    dispatch(dispatching, exchange, (route, requestId, call) => {
      sessions.allowSilence(stream);
      exchange.closeOnceAnswered();
      streamCalls.set(stream, { route, requestId, call, exchange });
      toRequest.call(engine, stream, headers, flags, rawHeaders);
    });
  });
  return engine;
}

function tooManyRequests(): ConnectError {
  const limit = connectionLimits.pipelinedRequests;
  return overLimit(`more than ${limit} requests wait on this connection; read the responses first`, limit);
}
