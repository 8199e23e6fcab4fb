import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import type { ConnectError } from "@connectrpc/connect";
import { overLimit } from "../call/refusal.ts";
import { answerClientError } from "./client-error.ts";
import { connectionLimits } from "./connection-limits.ts";
import { dispatch } from "./dispatch.ts";
import type { EngineOptions } from "./engine-options.ts";
import { Http1Exchange } from "./http1-exchange.ts";
import type { MethodBridge } from "./method-bridge.ts";
import { isOfUser, tooManyWaiting } from "./paced-requests.ts";
import { enterPipeline, isPipelineOpen } from "./pipeline.ts";
import { refuseRequest } from "./refuse-request.ts";

export interface Http1Options extends EngineOptions {
  /** Undefined: methods that Node's parser does not know are refused. */
  readonly bridge: MethodBridge | undefined;
  readonly tls: https.ServerOptions | undefined;
  readonly isClosing: () => boolean;
}

/** The server of HTTP/1.1, which also owns the port. */
export function createHttp1Engine(options: Http1Options): http.Server {
  const { connections, clientAddress, dispatching, streams, slowReaders, requests, isClosing, bridge } = options;
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
  // One more pair than allowed, so that a request with too many is noticed and refused. Node drops the others.
  engine.maxHeadersCount = connectionLimits.headerCount + 1;
  engine.timeout = timeouts.stalledMs;

  const serve = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
    const { socket } = request;
    const connection = connections.of(socket);
    // The parser goes through all that has come, also after the connection was dropped for the first part of it.
    if (socket.destroyed || connection === undefined) {
      socket.destroy();
      return;
    }
    if (!isPipelineOpen(connection)) return;
    connection.lastResponse = response;
    const exchange = new Http1Exchange(request, response, {
      connection,
      verb: bridge?.verbOf(request, response),
      clientAddress,
      expectsContinue,
      isClosing,
      slowReaders,
    });
    const start = () => {
      // Its connection was dropped while it waited.
      if (exchange.isOver) return;
      dispatch(dispatching, exchange, (route, requestId, call) => {
        socket.setTimeout(0);
        response.once("close", () => socket.setTimeout(timeouts.stalledMs));
        exchange.dropRestOnceAnswered();
        streams({ route, requestId, call, exchange }, request, response);
      });
    };
    const isEntered = enterPipeline(connection, exchange, () => {
      const entry = requests.run(connection, exchange, start);
      if (isOfUser(entry)) refuseRequest(dispatching, exchange, tooManyWaiting(entry));
      else if (entry !== "entered") exchange.cut();
    });
    if (isEntered) return;
    connection.traffic.refused();
    exchange.closeAfterwards();
    refuseRequest(dispatching, exchange, tooManyRequests());
  };
  engine.on("request", (request, response) => serve(request, response, false));
  engine.on("checkContinue", (request, response) => serve(request, response, true));
  engine.on("clientError", (error, socket) => {
    const lastResponse = connections.of(socket as Socket)?.lastResponse;
    if (bridge?.take(error, socket, lastResponse) !== true) answerClientError(error, socket, lastResponse);
  });
  return engine;
}

function tooManyRequests(): ConnectError {
  const limit = connectionLimits.pipelinedRequests;
  return overLimit(`more than ${limit} requests wait on this connection; read the responses first`, limit);
}
