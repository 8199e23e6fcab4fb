import type { ConnectError } from "@connectrpc/connect";
import type { ProxySettings } from "../../config/proxies.ts";
import type { Authorities } from "../../crypto/peer-certificate.ts";
import { isListed } from "../../text/address.ts";
import type { CallObserver } from "../call/call-observer.ts";
import { createBinaryCodec, createJsonCodec, type JsonTypes } from "../call/codec.ts";
import { toConnectError } from "../call/error.ts";
import type { HttpLog } from "../call/log.ts";
import type { PrefixApis } from "../call/prefix.ts";
import { type HttpTimeouts, httpTimeouts, type RequestLimits, requestLimits } from "../call/request-limits.ts";
import { createRouteTable, type Documents, type Pages } from "../call/routes.ts";
import type { ServedService } from "../call/service.ts";
import { createSlowReaders } from "../call/slow-readers.ts";
import { createStreamServer, serverStops } from "../call/streams.ts";
import type { FindWebFile } from "../call/web-file.ts";
import { type ClientAddress, createClientAddress } from "./client-address.ts";
import { connectionLimits } from "./connection-limits.ts";
import { createConnections } from "./connections.ts";
import { createCors } from "./cors.ts";
import type { DispatchOptions, Probes } from "./dispatch.ts";
import { createHttp1Engine } from "./http1-engine.ts";
import { createHttp2Engine } from "./http2-engine.ts";
import { type Listeners, listenOften } from "./listen.ts";
import { createBudgets, type HttpMemory, type MemoryLimits } from "./memory.ts";
import { createMethodBridge } from "./method-bridge.ts";
import { createMisconduct } from "./misconduct.ts";
import { paceConnections } from "./paced-connections.ts";
import { paceRequests } from "./paced-requests.ts";
import { findProbableUser } from "./probable-user.ts";
import { createSessions } from "./sessions.ts";
import { shutDown } from "./shutdown.ts";
import { takeConnections } from "./take-connections.ts";
import { replaceTlsSettings, type TlsOptions, type TlsPair, tlsSettings } from "./tls-settings.ts";

export interface HttpServerOptions {
  readonly services: readonly ServedService[];
  /**
   * Checks the Authorization header, before the body is read. Throws `SecretError`: UNAUTHENTICATED, or another reason
   * if the check itself fails.
   */
  readonly authenticate: DispatchOptions["authenticate"];
  /**
   * Whose the credentials in this header probably are, to let users take turns. Default: a user is only known by what
   * was valid on the same connection before.
   */
  readonly userOf?: (authorization: string | undefined) => string | undefined;
  readonly tls?: TlsPair;
  /** Which key exchanges of TLS are accepted. Default: those that Node accepts, with post-quantum ones first. */
  readonly tlsGroups?: TlsOptions["groups"] | undefined;
  /** Whose certificates clients may show in TLS. Default: they are not asked for one. */
  readonly clientAuthorities?: Authorities | undefined;
  /** As in `DispatchOptions`. */
  readonly browsers?: DispatchOptions["browsers"];
  /** Plain GET and HEAD paths that need no token, such as `/healthz`. */
  readonly probes: Probes;
  /** Files for browsers, at paths that are none of the others. Default: there are no files. */
  readonly webFiles?: FindWebFile | undefined;
  /** JSON texts by path, for callers with a token. */
  readonly documents?: Documents;
  /** APIs with a format of their own, by the start of their paths. Pages of other origins have no access to them. */
  readonly prefixes?: PrefixApis | undefined;
  /** What browsers may ask for without a token. */
  readonly pages?: Pages;
  /** Origins whose pages may call the service and read its responses, exactly as browsers send them. Default: none. */
  readonly corsOrigins?: readonly string[];
  /** Request headers that these pages may send, in addition to those that the service knows. */
  readonly corsHeaders?: readonly string[];
  readonly log: HttpLog;
  /** Called for every call that was answered or refused. */
  readonly observe?: CallObserver | undefined;
  readonly limits?: Partial<RequestLimits>;
  readonly memory?: Partial<MemoryLimits>;
  readonly timeouts?: Partial<HttpTimeouts>;
  /** Open connections. For one too many, another one is closed. Default: that of the limits. */
  readonly connections?: number;
  /** The same from one address. Default: only the limit on all connections applies. */
  readonly connectionsPerAddress?: number | undefined;
  /** The proxies that are believed about the addresses of their clients. Default: none. */
  readonly proxies?: ProxySettings | undefined;
  readonly jsonTypes?: JsonTypes;
  /** The error that the caller sees. Default: `toConnectError`. */
  readonly describeError?: (error: unknown) => ConnectError;
}

export interface HttpServer {
  readonly memory: HttpMemory;
  /** Port 0 means any free port. `isShared` is as in `listenOften`. Rejects if the address cannot be used. */
  listen(host: string, port: number, isShared?: boolean): Promise<{ host: string; port: number }>;
  /**
   * New connections get this certificate. Throws if there was none before, or if the key is not that of the
   * certificate.
   */
  replaceCertificate(pair: TlsPair): void;
  /** The clients of new connections may show certificates of these authorities. Without TLS it does nothing. */
  acceptClients(authorities: Authorities | undefined): void;
  /**
   * Refuses new connections and ends streams. Resolves when calls in progress are answered, or cut off after the grace
   * period: that of the timeouts, unless another one is given.
   */
  close(graceMs?: number): Promise<void>;
}

/**
 * Serves gRPC, gRPC-Web, Connect, the REST paths of the contract, documents and probes on one port, over HTTP/1.1 and
 * HTTP/2, with or without TLS.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const limits: RequestLimits = { ...requestLimits, ...options.limits };
  const timeouts: HttpTimeouts = { ...httpTimeouts, ...options.timeouts };
  const { log, corsOrigins = [], proxies } = options;
  let tls: TlsOptions | undefined = options.tls && {
    pair: options.tls,
    groups: options.tlsGroups ?? "default",
    authorities: options.clientAuthorities,
  };
  const isProxy = (address: string) => proxies !== undefined && isListed(proxies.networks, address);
  const misconduct = createMisconduct();
  const connections = createConnections({
    max: options.connections ?? connectionLimits.connections,
    maxPerAddress: options.connectionsPerAddress,
    isProxy,
    isBlocked: misconduct.isBlocked,
    onMisconduct: ({ address, network }) => misconduct.report(address, network.callers > 0),
  });
  const budgets = createBudgets(options.memory ?? {});
  const slowReaders = createSlowReaders({
    patienceMs: timeouts.unreadMs,
    bytesPerSecond: connectionLimits.readBytesPerSecond,
  });
  const clientAddress: ClientAddress =
    proxies?.header === undefined || proxies.sendsProxyProtocol
      ? (peer) => peer
      : createClientAddress(proxies.header, isProxy);
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
    budgets,
    slowReaders,
  });
  const dispatching: DispatchOptions = {
    routes: createRouteTable(options.services, options.documents, options.pages),
    json: createJsonCodec(limits, types),
    binary: createBinaryCodec(limits),
    authenticate: options.authenticate,
    browsers: options.browsers,
    probes: options.probes,
    webFiles: options.webFiles,
    prefixes: options.prefixes,
    cors: corsOrigins.length === 0 ? undefined : createCors(corsOrigins, options.corsHeaders),
    limits,
    timeouts,
    log,
    budgets,
    describeError: options.describeError ?? toConnectError,
    observe: options.observe,
  };
  const requests = paceRequests(findProbableUser(options.userOf ?? (() => undefined), options));
  const sessions = createSessions({ stalledMs: timeouts.stalledMs, probeMs: timeouts.unreadMs, misconduct });
  const engine2 = createHttp2Engine({
    connections,
    clientAddress,
    sessions,
    dispatching,
    streams,
    slowReaders,
    requests,
  });
  const bridge = options.prefixes === undefined ? undefined : createMethodBridge(Object.keys(options.prefixes));
  const engine1 = createHttp1Engine({
    bridge,
    tls: tls && tlsSettings(tls),
    connections,
    clientAddress,
    dispatching,
    streams,
    slowReaders,
    requests,
    isClosing: () => shutdown.signal.aborted,
  });
  const whenItIsTurn = paceConnections(connections, () => shutdown.signal.aborted);
  const sorter = takeConnections(engine1, {
    bridge,
    isTls: tls !== undefined,
    authorities: () => tls?.authorities,
    timeouts,
    connections,
    readsProxyHeaders: proxies?.sendsProxyProtocol === true,
    onHttp2(socket) {
      // HTTP/1.1 servers keep a connection half open after the peer ends it. In HTTP/2, such a peer is gone.
      socket.allowHalfOpen = false;
      engine2.emit("connection", socket);
      // Its first bytes are worked through in the next tick, and may be all that it takes to see that it is an attack.
      const connection = connections.of(socket);
      if (connection !== undefined) process.nextTick(misconduct.look, connection);
    },
    whenItIsTurn,
  });

  let listeners: Listeners | undefined;
  return {
    memory: { budgets, slowReaders, misconduct },
    async listen(host, port, isShared) {
      listeners = await listenOften(engine1, { host, port, isShared });
      return { host: listeners.host, port: listeners.port };
    },
    replaceCertificate(pair) {
      const next = { groups: "default", authorities: undefined, ...tls, pair } as const;
      replaceTlsSettings(engine1, next);
      tls = next;
    },
    acceptClients(authorities) {
      if (tls === undefined || tls.authorities?.id === authorities?.id) return;
      const next = { ...tls, authorities };
      replaceTlsSettings(engine1, next);
      tls = next;
    },
    close: (graceMs = timeouts.shutdownMs) =>
      shutDown({
        server: engine1,
        closeOthers: async () => listeners?.closeOthers(),
        sorter,
        sessions,
        connections,
        graceMs,
        endStreams: () => shutdown.abort(serverStops),
      }).finally(() => {
        slowReaders.close();
        misconduct.close();
      }),
  };
}
