import type http from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Authorities } from "../../crypto/peer-certificate.ts";
import { ignore } from "../call/exchange.ts";
import type { HttpTimeouts } from "../call/request-limits.ts";
import type { Connections } from "./connections.ts";
import { createFirstBytes, type Verdict } from "./first-bytes.ts";
import type { MethodBridge } from "./method-bridge.ts";
import { readProxyHeader } from "./proxy-header.ts";
import { shownCertificate } from "./shown-certificate.ts";
import { type ConnectionSorter, createConnectionSorter } from "./single-port.ts";
import { closeWithoutStacks } from "./without-stacks.ts";

export interface TakeOptions {
  /** Gives back connections to the engine that it has taken from it. */
  readonly bridge: MethodBridge | undefined;
  readonly isTls: boolean;
  /** Whose certificates clients may show on new connections. Undefined: they are not asked for one. */
  readonly authorities: () => Authorities | undefined;
  readonly timeouts: Pick<HttpTimeouts, "sniffMs" | "proxyHeaderMs">;
  readonly connections: Connections;
  /** Connections of proxies begin with a header of the PROXY protocol. Those of others never do. */
  readonly readsProxyHeaders: boolean;
  readonly onHttp2: (socket: Socket) => void;
  /**
   * Calls `start`, which hands the first bytes of a connection to its engine, in a turn of the event loop that has time
   * for it.
   */
  readonly whenItIsTurn: (socket: Socket, start: () => void) => void;
}

/**
 * Takes new connections from `engine`, the HTTP/1.1 server that owns the port, and gives it back those that speak
 * HTTP/1.1: removes its connection listeners, and calls them only for these. The engine must own the port. A server
 * that does not listen does not track its connections, and its timeouts silently do nothing.
 */
export function takeConnections(engine: http.Server, options: TakeOptions): ConnectionSorter {
  const { isTls, timeouts, connections, onHttp2 } = options;
  const serveHttp1 = takeListener(engine, isTls ? "secureConnection" : "connection");
  const onHttp1 = (socket: Duplex) => {
    serveHttp1(socket);
    closeWithoutStacks(socket);
    // Otherwise Node's parser takes what TLS decrypts without our socket in between, gets it while it is paused because
    // a response is not read yet, and the connection is lost (HPE_PAUSED).
    if (isTls) socket.on("data", ignore);
  };
  options.bridge?.setEngine(onHttp1);
  const sorter = createConnectionSorter({
    sniffMs: timeouts.sniffMs,
    onHttp1: (socket) => options.whenItIsTurn(socket, () => onHttp1(socket)),
    onHttp2: (socket) => options.whenItIsTurn(socket, () => onHttp2(socket)),
  });
  const proxyHeaders = createFirstBytes(timeouts.proxyHeaderMs);
  const begin = isTls ? beginTls(takeListener(engine, "connection"), options) : sorter.accept;
  if (isTls) {
    engine.on("secureConnection", (socket: TLSSocket) => {
      const connection = connections.of(socket);
      if (connection === undefined) {
        socket.destroy();
        return;
      }
      if (connection.authorities !== undefined) connection.shown = shownCertificate(socket, connection.authorities);
      sorter.accept(socket);
    });
  }
  engine.on("connection", (socket: Socket) => {
    connections.open(socket);
    if (socket.destroyed) return;
    if (!options.readsProxyHeaders || connections.of(socket)?.isProxy !== true) {
      begin(socket);
      return;
    }
    socket.on("error", () => socket.destroy());
    proxyHeaders.read(socket, (seen) => judge(socket, seen));
  });

  function judge(socket: Socket, seen: Buffer): Verdict {
    const header = readProxyHeader(seen);
    if (header === "more") return "more";
    const connection = connections.of(socket);
    if (header === "invalid" || connection === undefined) return "close";
    const next = () => {
      if (header.client !== undefined) connections.move(connection, header.client);
      if (!socket.destroyed) begin(socket);
    };
    return { taken: header.bytes, next };
  }

  return {
    accept: sorter.accept,
    destroyUndecided() {
      proxyHeaders.destroyUndecided();
      sorter.destroyUndecided();
    },
  };
}

/** Other authorities may be in use before the handshake is over, and it is checked against those of now. */
function beginTls(handshake: (socket: Duplex) => void, { authorities, connections }: TakeOptions) {
  return (socket: Socket) => {
    const connection = connections.of(socket);
    if (connection !== undefined) connection.authorities = authorities();
    handshake(socket);
  };
}

function takeListener(engine: http.Server, event: "connection" | "secureConnection"): (socket: Duplex) => void {
  const [listener, ...others] = engine.listeners(event);
  if (listener === undefined || others.length > 0) {
    throw new Error(`this version of Node does not have the one ${event} listener to take over`);
  }
  engine.off(event, listener as (...args: unknown[]) => void);
  return (socket) => listener.call(engine, socket);
}
