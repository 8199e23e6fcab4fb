import { Code, ConnectError } from "@connectrpc/connect";
import { SecretError } from "../../error.ts";
import { inflate, readBody } from "./body.ts";
import { type Call, setCall } from "./call.ts";
import { CallContext } from "./call-context.ts";
import { type CallObserver, codeName } from "./call-observer.ts";
import type { Codec } from "./codec.ts";
import { readDeadline } from "./deadline.ts";
import { envelopeBytes, readEnvelope } from "./envelope.ts";
import type { Exchange } from "./exchange.ts";
import { decodeText, textLength } from "./grpc-web-text.ts";
import type { HttpLog } from "./log.ts";
import type { Protocol } from "./protocol.ts";
import type { HttpTimeouts, RequestLimits } from "./request-limits.ts";
import type { UnaryRoute } from "./routes.ts";

export interface UnaryOptions {
  readonly json: Codec;
  readonly binary: Codec;
  readonly limits: RequestLimits;
  readonly timeouts: HttpTimeouts;
  readonly log: HttpLog;
  /** The error that the caller sees. */
  readonly describeError: (error: unknown) => ConnectError;
  readonly observe?: CallObserver | undefined;
}

export interface UnaryRequest {
  readonly route: UnaryRoute;
  readonly protocol: Protocol;
  readonly exchange: Exchange;
  readonly requestId: string;
  /** Undefined for public methods. */
  readonly call: Call | undefined;
  /** By `performance.now()`; 0 without an observer. */
  readonly startedAt: number;
}

/**
 * Serves one authenticated unary call: deadline, body, decoding, handler, response. Every outcome, including an error
 * that is thrown on the way, becomes exactly one response. A result after the deadline is dropped.
 *
 * 4 times as many reads as stock connect-node for the same processor time (`npm run bench:parts -- --only unary-call`).
 */
export function runUnary(options: UnaryOptions, request: UnaryRequest): void {
  const { route, protocol, exchange, requestId, startedAt } = request;
  const { observe } = options;
  const context = new CallContext(route.method, protocol.name, exchange);
  const codec = protocol.format === "json" ? options.json : options.binary;

  const fail = (error: unknown) => {
    if (context.isOver) return;
    if (!(error instanceof ConnectError) && !(error instanceof SecretError)) {
      options.log({ level: "error", message: `${route.method.name} failed`, error, requestId });
    }
    context.finish(error);
    const described = options.describeError(error);
    protocol.refuse(exchange, context, requestId, described);
    observe?.({ method: route.method, code: codeName(described.code), ms: performance.now() - startedAt, requestId });
  };
  const succeed = (output: unknown) => {
    if (context.isOver) return;
    try {
      const message = codec.encode(route.method.output, output);
      context.finish();
      protocol.answer(exchange, context, requestId, message);
      observe?.({ method: route.method, code: "ok", ms: performance.now() - startedAt, requestId });
    } catch (error) {
      fail(error);
    }
  };
  const invoke = (error: unknown, message: Uint8Array) => {
    if (error !== undefined) return fail(error);
    if (context.isOver) return;
    try {
      const output = route.handler(decode(codec, route, message), context);
      if (output instanceof Promise) output.then(succeed, fail);
      else succeed(output);
    } catch (thrown) {
      fail(thrown);
    }
  };

  try {
    startDeadline(options, request, context, fail);
    if (request.call !== undefined) setCall(context.values, request.call);
    readMessage(options, request, context, invoke);
  } catch (error) {
    fail(error);
  }
}

function startDeadline(
  options: UnaryOptions,
  { protocol, exchange }: UnaryRequest,
  context: CallContext,
  fail: (error: unknown) => void,
): void {
  const { timeoutHeader } = protocol;
  const named = readDeadline(timeoutHeader, exchange.headers[timeoutHeader], options.timeouts.maxDeadlineMs);
  context.setDeadline(named ?? options.timeouts.defaultDeadlineMs, named !== undefined, () =>
    fail(new ConnectError("the operation timed out", Code.DeadlineExceeded)),
  );
}

function readMessage(
  options: UnaryOptions,
  { route, protocol, exchange }: UnaryRequest,
  context: CallContext,
  done: (error: unknown, message: Uint8Array) => void,
): void {
  const limitBytes = route.isPublic ? options.limits.anonymousRequestBytes : options.limits.requestBytes;
  const isGzip = readEncoding(protocol, exchange, context);
  exchange.awaitBody();
  readBody(
    exchange.body,
    {
      limitBytes,
      framingBytes: framingOf(protocol, limitBytes),
      // In base64, it is not the length of the message.
      declared: protocol.isText === true ? undefined : exchange.headers["content-length"],
    },
    (error, bytes) => {
      if (error !== undefined) return done(error, bytes);
      if (!protocol.isEnveloped) return isGzip ? inflate(bytes, limitBytes, done) : done(undefined, bytes);
      try {
        const body = protocol.isText === true ? decodeText(bytes.toString("latin1")) : bytes;
        const { isCompressed, data } = readEnvelope(body, limitBytes);
        if (!isCompressed) return done(undefined, data);
        if (!isGzip) throw new ConnectError("protocol error: compressed message without an encoding", Code.Internal);
        inflate(data, limitBytes, done);
      } catch (thrown) {
        done(thrown, bytes);
      }
    },
  );
}

/** What a body may have in addition to its message. */
function framingOf({ isEnveloped, isText }: Protocol, limitBytes: number): number {
  if (isText === true) return textLength(limitBytes + envelopeBytes) - limitBytes;
  return isEnveloped ? envelopeBytes : 0;
}

/** True for gzip, false for no compression. Throws for any other encoding, and names those that are accepted. */
function readEncoding(protocol: Protocol, exchange: Exchange, context: CallContext): boolean {
  const encoding = exchange.headers[protocol.encodingHeader];
  if (encoding === undefined || encoding === "identity") return false;
  if (encoding === "gzip") return true;
  context.responseHeader.set(protocol.acceptEncodingHeader, "gzip");
  throw new ConnectError(
    `the ${protocol.encodingHeader} of the request is not supported: use gzip or identity`,
    Code.Unimplemented,
  );
}

const emptyObject = Buffer.from("{}");

function decode(codec: Codec, route: UnaryRoute, bytes: Uint8Array) {
  // A REST request without a body means an empty message.
  const message = route.isRest && bytes.length === 0 ? emptyObject : bytes;
  return codec.decode(route.method.input, message, route.refusesUnknownFields);
}
