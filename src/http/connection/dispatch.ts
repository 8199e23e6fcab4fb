import { Code, ConnectError } from "@connectrpc/connect";
import type { PeerCertificate } from "../../crypto/peer-certificate.ts";
import { SecretError } from "../../error.ts";
import type { BrowserCredentials, Credentials } from "../../login/browser-credentials.ts";
import type { Caller } from "../../rules/caller.ts";
import { baseHeaders } from "../call/answer-headers.ts";
import type { Call } from "../call/call.ts";
import { codeName } from "../call/call-observer.ts";
import { isNativeGrpc, protocolOf, refusalProtocolOf } from "../call/choose-protocol.ts";
import { connectJson } from "../call/connect-protocol.ts";
import { readAuthorization } from "../call/credentials.ts";
import type { Exchange } from "../call/exchange.ts";
import type { PrefixApis } from "../call/prefix.ts";
import type { Route, RouteTable, StreamRoute } from "../call/routes.ts";
import { runUnary, type UnaryOptions, type UnaryRequest } from "../call/unary-call.ts";
import type { FindWebFile, WebFile } from "../call/web-file.ts";
import { answerSmall } from "./answer-small.ts";
import type { Cors } from "./cors.ts";
import { headerFailure } from "./header-bytes.ts";
import { requestIdOf, traceOf } from "./request-id.ts";
import { servePage } from "./serve-page.ts";
import { dispatchPrefixed } from "./serve-prefixed.ts";

export interface ProbeAnswer {
  readonly status: number;
  readonly text: string;
  /** Default: plain text. */
  readonly contentType?: string;
}

export type Probes = Readonly<Record<string, () => ProbeAnswer | Promise<ProbeAnswer>>>;

export interface DispatchOptions extends UnaryOptions {
  readonly routes: RouteTable;
  readonly probes: Probes;
  /** Undefined: there are no files for browsers. */
  readonly webFiles?: FindWebFile | undefined;
  /** Undefined: pages of other origins have no access. */
  readonly cors?: Cors | undefined;
  /** Undefined: there are none. */
  readonly prefixes?: PrefixApis | undefined;
  /** What browsers send in place of a token. Undefined: they have to send one. */
  readonly browsers?: BrowserCredentials | undefined;
  /** `certificate`: what the client has shown in TLS, which counts when there is no header. */
  authenticate(
    authorization: string | undefined,
    peer: string,
    certificate?: PeerCertificate | undefined,
  ): Promise<Caller> | Caller;
}

/** Serves a stream whose caller is authenticated. */
export type ServeStream = (route: StreamRoute, requestId: string, call: Call | undefined) => void;

/**
 * Routes a request, and authenticates its caller before a byte of its body is read. Public methods and probes need no
 * token. Nor does an unknown path or verb: its response reveals nothing. Never throws.
 */
export function dispatch(options: DispatchOptions, exchange: Exchange, serveStream: ServeStream): void {
  // A stream may be reset by the bytes that follow its request.
  if (exchange.isOver) return;
  const { traffic } = exchange.connection;
  const trace = traceOf(exchange.headers);
  const requestId = requestIdOf(exchange.headers, trace);
  const startedAt = options.observe === undefined ? 0 : performance.now();
  const known = { requestId, trace, startedAt };
  if (options.prefixes !== undefined && dispatchPrefixed(options, options.prefixes, exchange, known)) return;
  let wanted: Route | undefined;
  const refuse = (error: unknown, status?: number) => {
    const described = options.describeError(error);
    answerSmall(options, exchange, () => {
      const protocol = refusalProtocolOf(exchange.headers["content-type"], exchange.httpVersion);
      protocol.refuse(exchange, undefined, requestId, described, status);
    });
    traffic.refused();
    if (wanted === undefined || wanted.kind === "document" || wanted.kind === "page") return;
    const ms = performance.now() - startedAt;
    options.observe?.({ method: wanted.method, code: codeName(described.code), ms, requestId });
  };
  const failed = (error: unknown) => {
    if (!(error instanceof SecretError || error instanceof ConnectError)) {
      options.log({ level: "error", message: "a request could not be handled", error, requestId });
    }
    refuse(error);
  };
  const serve = (route: Route, call: Call | undefined) => {
    if (call !== undefined) traffic.authenticated();
    if (route.kind === "stream") serveStream(route, requestId, call);
    else if (route.kind === "page") {
      const answer = (send: () => void, bytes: number) => answerSmall(options, exchange, send, bytes);
      servePage(exchange, { route, requestId, answerSmall: answer, failed });
    } else if (route.kind === "document") {
      const text = route.read();
      const headers = baseHeaders("application/json", requestId);
      answerSmall(options, exchange, () => exchange.send(200, headers, text), text.length);
    } else serveUnary(options, exchange, { requestId, route, call, startedAt });
  };
  try {
    exchange.extraHeaders = options.cors?.headersFor(exchange.headers.origin);
    const tooMuch = headerFailure(exchange);
    if (tooMuch !== undefined) {
      refuse(tooMuch, 431);
      return;
    }
    if (options.cors !== undefined && answerPreflight(options, options.cors, exchange, requestId)) return;
    const route = findRoute(options, exchange, requestId, refuse);
    if (route === undefined) return;
    wanted = route;
    if (route.isPublic) {
      serve(route, undefined);
      return;
    }
    const { peer } = exchange;
    const credentials = credentialsOf(options, exchange, route);
    if (credentials.problem !== undefined) {
      refuse(credentials.problem, credentials.status);
      return;
    }
    const { authorization } = credentials;
    const certificate = certificateFor(exchange, authorization);
    const admit = (caller: Caller) => {
      exchange.authenticated(caller);
      exchange.trace = trace;
      const call = { caller, requestId, peer };
      serve(route, route.kind === "stream" ? { ...call, authorization, certificate } : call);
    };
    const caller = options.authenticate(authorization, peer, certificate);
    if (caller instanceof Promise) caller.then(admit).catch(failed);
    else admit(caller);
  } catch (error) {
    failed(error);
  }
}

/** REST paths, documents and gRPC itself take tokens only: a browser cannot send a cookie there that counts. */
function credentialsOf({ browsers }: DispatchOptions, exchange: Exchange, route: Route): Credentials {
  const authorization = readAuthorization(exchange.rawHeaders);
  const isForBrowsers = route.kind === "stream" || (route.kind === "unary" && !route.isRest);
  if (browsers === undefined || !isForBrowsers || isNativeGrpc(exchange.headers["content-type"])) {
    return { authorization };
  }
  return browsers(exchange.headers, authorization);
}

/**
 * A browser shows its certificate for any page that makes a request, also one of another site: there it proves nothing.
 * Every browser that does so names the origin or the site of the page.
 */
function certificateFor(exchange: Exchange, authorization: string | undefined): PeerCertificate | undefined {
  const { headers } = exchange;
  const isFromPage = headers.origin !== undefined || headers["sec-fetch-site"] !== undefined;
  return authorization === undefined && isFromPage ? undefined : exchange.certificate;
}

/** Browsers send preflight requests without a token. */
function answerPreflight(options: DispatchOptions, cors: Cors, exchange: Exchange, requestId: string): boolean {
  const headers = cors.preflight(exchange);
  if (headers === undefined) return false;
  const all = { ...baseHeaders("text/plain; charset=utf-8", requestId), ...headers };
  answerSmall(options, exchange, () => exchange.send(200, all, ""));
  return true;
}

function serveUnary(
  options: DispatchOptions,
  exchange: Exchange,
  served: Pick<UnaryRequest, "route" | "requestId" | "call" | "startedAt">,
): void {
  const { route, requestId } = served;
  const contentType = exchange.headers["content-type"];
  const protocol = route.hasBody
    ? protocolOf(contentType, { isRest: route.isRest, httpVersion: exchange.httpVersion })
    : connectJson;
  if (protocol === undefined) {
    answerSmall(options, exchange, () => refuseContentType(exchange, requestId, route.isRest));
    const code = codeName(Code.Unknown);
    options.observe?.({
      method: route.method,
      code,
      ms: performance.now() - served.startedAt,
      requestId,
      trace: exchange.trace,
    });
  } else runUnary(options, { ...served, protocol, exchange });
}

const contentTypeHint = "this content-type is not supported here: send content-type: application/json";

/**
 * HTTP status 415. On the path of a method, the client may speak any protocol. Clients derive the error from the status
 * if the body is not in their own format. So the hint is plain text there, for people.
 */
function refuseContentType(exchange: Exchange, requestId: string, isRest: boolean): void {
  if (isRest) connectJson.refuse(exchange, undefined, requestId, new ConnectError(contentTypeHint, Code.Unknown), 415);
  else exchange.send(415, baseHeaders("text/plain; charset=utf-8", requestId), `${contentTypeHint}\n`);
}

function findRoute(
  options: DispatchOptions,
  exchange: Exchange,
  requestId: string,
  refuse: (error: unknown, status?: number) => void,
): Route | undefined {
  const { url, verb } = exchange;
  const query = url.indexOf("?");
  const path = query < 0 ? url : url.slice(0, query);
  const entry = options.routes.get(path);
  if (entry !== undefined) {
    const route = entry.byVerb.get(verb);
    if (route === undefined) {
      const headers = new Headers({ allow: entry.allow });
      refuse(new ConnectError(`this path accepts only ${entry.allow}`, Code.Unknown, headers), 405);
    }
    return route;
  }
  const probe = Object.hasOwn(options.probes, path) ? options.probes[path] : undefined;
  const file = probe === undefined ? options.webFiles?.(path) : undefined;
  if (file !== undefined) answerWebFile(options, file, exchange, { path, requestId, refuse });
  else if (probe === undefined) refuse(nothingThere(), 404);
  else if (verb === "GET" || verb === "HEAD") answerProbe(options, probe, exchange, requestId, refuse);
  else refuse(new ConnectError("this path accepts only GET, HEAD", Code.Unknown, { allow: "GET, HEAD" }), 405);
  return undefined;
}

function nothingThere(): ConnectError {
  return new ConnectError("there is nothing at this path", Code.Unimplemented);
}

function answerWebFile(
  options: DispatchOptions,
  file: WebFile,
  exchange: Exchange,
  { path, requestId, refuse }: { path: string; requestId: string; refuse: (error: unknown, status?: number) => void },
): void {
  const { verb, headers, peer } = exchange;
  Promise.resolve({ verb, path, headers, peer })
    .then(file)
    .then((answer) => {
      if (answer === undefined) refuse(nothingThere(), 404);
      else {
        const all = { ...answer.headers, "x-request-id": requestId };
        answerSmall(options, exchange, () => exchange.send(answer.status, all, answer.body), answer.body.length);
      }
    })
    .catch((error: unknown) => {
      options.log({ level: "error", message: "a file for browsers could not be served", error, requestId });
      refuse(error);
    });
}

function answerProbe(
  options: DispatchOptions,
  probe: Probes[string],
  exchange: Exchange,
  requestId: string,
  refuse: (error: unknown) => void,
): void {
  Promise.resolve(probe())
    .then(({ status, text, contentType = "text/plain; charset=utf-8" }) => {
      const headers = baseHeaders(contentType, requestId);
      answerSmall(options, exchange, () => exchange.send(status, headers, text));
    })
    .catch(refuse);
}
