import http2, { type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Stream } from "node:http2";
import { ignore } from "../call/exchange.ts";
import type { StreamCall } from "../call/streams.ts";
import { connectionLimits } from "./connection-limits.ts";
import { countPieces } from "./count-pieces.ts";
import { dispatch } from "./dispatch.ts";
import type { EngineOptions } from "./engine-options.ts";
import { Http2Exchange } from "./http2-exchange.ts";
import { isOfUser, tooManyWaiting } from "./paced-requests.ts";
import { readWhileOpen } from "./read-while-open.ts";
import { refuseRequest } from "./refuse-request.ts";
import type { Sessions } from "./sessions.ts";

/** The server of HTTP/2. It gets its connections from the one that owns the port. */
export function createHttp2Engine(options: EngineOptions & { readonly sessions: Sessions }): http2.Http2Server {
  const { connections, clientAddress, sessions, dispatching, streams, slowReaders, requests } = options;
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

  engine.on("session", (session) => {
    const connection = connections.find(session.socket);
    if (connection === undefined) {
      session.destroy();
      return;
    }
    readWhileOpen(connection.socket, session);
    sessions.add(session, connection);
  });
  engine.on("sessionError", () => {});
  engine.on("stream", (stream: ServerHttp2Stream, headers, flags, rawHeaders: string[]) => {
    // The bytes that follow a request may have ended its session with an error before anyone hears of the stream.
    stream.on("error", ignore);
    const connection = sessions.connectionOf(stream);
    if (connection === undefined) {
      stream.destroy();
      return;
    }
    connection.begin();
    stream.once("close", () => connection.end());
    countPieces(stream, connection.memory.traffic);
    const exchange = new Http2Exchange(stream, headers, rawHeaders, {
      connection,
      clientAddress,
      discardBytes: limits.requestBytes,
      slowReaders,
      onCut: () => sessions.probe(stream),
    });
    const entry = requests.run(connection, exchange, () => {
      // Reset by the client, or its connection was dropped, while it waited.
      if (exchange.isOver) return;
      dispatch(dispatching, exchange, (route, requestId, call) => {
        // Node's adapter would throw.
        if (exchange.isOver) return;
        sessions.allowSilence(stream);
        exchange.closeOnceAnswered();
        streamCalls.set(stream, { route, requestId, call, exchange });
        toRequest.call(engine, stream, headers, flags, rawHeaders);
      });
    });
    if (entry === "entered") return;
    // What others do with the same account is not this connection's fault.
    if (isOfUser(entry)) {
      refuseRequest(dispatching, exchange, tooManyWaiting(entry));
      return;
    }
    // Nor is what other addresses do.
    if (entry === "too-many-of-strangers") connection.traffic.refused();
    exchange.cut();
  });
  return engine;
}
