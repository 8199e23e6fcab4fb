import { Code, ConnectError } from "@connectrpc/connect";
import { SecretError } from "../../error.ts";
import { limits } from "../../limits.ts";
import { baseHeaders } from "./answer-headers.ts";
import { type BodyOptions, inflate, readBody } from "./body.ts";
import type { Call } from "./call.ts";
import { CallMemory } from "./call-memory.ts";
import { codeName } from "./call-observer.ts";
import type { Exchange } from "./exchange.ts";
import type { PrefixedAnswer, PrefixedRequest, PrefixRefusal } from "./prefix.ts";
import type { UnaryOptions } from "./unary-call.ts";

export type PrefixOptions = Pick<UnaryOptions, "limits" | "timeouts" | "log" | "budgets" | "describeError" | "observe">;

export interface PrefixedCall {
  readonly request: PrefixedRequest;
  readonly exchange: Exchange;
  readonly requestId: string;
  /** Undefined for requests that need no token. */
  readonly call: Call | undefined;
  /** By `performance.now()`; 0 without an observer. */
  readonly startedAt: number;
}

/**
 * Serves one request below a prefix with the limits of a unary call: deadline, memory, size of the body. Every outcome
 * becomes exactly one response.
 */
export function runPrefixed(options: PrefixOptions, prefixed: PrefixedCall): void {
  const { request, exchange, call } = prefixed;
  let isOver = false;
  const timer = setTimeout(
    () => fail(new ConnectError("the operation timed out", Code.DeadlineExceeded)),
    options.timeouts.defaultDeadlineMs,
  );
  timer.unref();
  const end = () => {
    isOver = true;
    clearTimeout(timer);
  };
  const respond = (answer: PrefixedAnswer) => {
    end();
    memory.answer(Buffer.byteLength(answer.text));
    sendPrefixed(options, prefixed, answer);
  };
  const fail = (error: unknown) => {
    if (!isOver) respond(refusalOf(options, prefixed, error));
  };
  /** Frees what a request that can no longer be answered would hold until its deadline. */
  const leave = () => {
    if (isOver) return;
    end();
    observe(options, prefixed, codeName(Code.Canceled));
  };
  const memory = new CallMemory(options.budgets, exchange, call, leave);
  // The client had left before, and that is noticed here.
  if (isOver) return;
  const settle = (finish: () => void) => {
    memory.endWork();
    if (!isOver) finish();
  };
  const handle = (body: Uint8Array) => {
    if (isOver) return;
    memory.beginWork();
    request.handle(call, body).then(
      (answer) => memory.run(() => settle(() => respond(answer))),
      (error: unknown) => settle(() => fail(error)),
    );
  };
  /** Goes on once there is room for `bytes`, unless the call is over by then. */
  const reserve = (bytes: number, goOn: () => void) =>
    memory.reserve(bytes, (error) => {
      if (isOver) return;
      if (error === undefined) goOn();
      else fail(error);
    });
  const onBody = (error: unknown, body: Uint8Array) => {
    if (error !== undefined) return fail(error);
    if (body.length > limits.smallBodyBytes) memory.setBody(body.length);
    reserve(limits.callBytes, () => memory.run(() => handle(body)));
  };
  if (call !== undefined) call.room = memory;
  reserve(limits.callBytes, () => readRequest(options, prefixed, memory, onBody));
}

function readRequest(
  { limits: { anonymousRequestBytes, requestBytes } }: PrefixOptions,
  { request, exchange }: PrefixedCall,
  memory: CallMemory,
  done: (error: unknown, body: Uint8Array) => void,
): void {
  if (!request.hasBody) {
    done(undefined, nothing);
    return;
  }
  const encoding = exchange.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity" && encoding !== "gzip") {
    const message = "the content-encoding of the request is not supported: use gzip or identity";
    done(new ConnectError(message, Code.Unimplemented), nothing);
    return;
  }
  const body: BodyOptions = {
    limitBytes: request.isPublic ? anonymousRequestBytes : requestBytes,
    framingBytes: 0,
    declared: exchange.headers["content-length"],
    smallBytes: limits.smallBodyBytes,
    traffic: exchange.connection.traffic,
    makeRoom: (bytes, made) => memory.reserveBody(bytes, made),
  };
  exchange.awaitBody();
  readBody(exchange.body, body, (error, bytes) => {
    if (error !== undefined || encoding !== "gzip") done(error, bytes);
    else inflate(bytes, body, done);
  });
}

const nothing = new Uint8Array(0);

/** The answer to a request that could not be carried out. What callers must not see of an error is logged. */
export function refusalOf(
  { describeError, log }: Pick<PrefixOptions, "describeError" | "log">,
  { request, requestId }: Pick<PrefixedCall, "request" | "requestId">,
  error: unknown,
): PrefixedAnswer {
  if (!(error instanceof ConnectError) && !(error instanceof SecretError)) {
    log({ level: "error", message: `${request.method.name} failed`, error, requestId });
  }
  return request.refuse(error, describe(describeError(error)));
}

export function sendPrefixed(
  options: Pick<PrefixOptions, "observe">,
  prefixed: Omit<PrefixedCall, "call">,
  { status, headers, text, code }: PrefixedAnswer,
): void {
  const { exchange, requestId } = prefixed;
  exchange.send(status, { ...baseHeaders("application/json", requestId), ...headers }, text);
  observe(options, prefixed, code);
}

function observe(
  options: Pick<PrefixOptions, "observe">,
  { request, exchange, requestId, startedAt }: Omit<PrefixedCall, "call">,
  code: string,
): void {
  const ms = performance.now() - startedAt;
  options.observe?.({ method: request.method, code, ms, requestId, trace: exchange.trace });
}

function describe({ code, rawMessage }: ConnectError): PrefixRefusal {
  return { code: codeName(code), message: rawMessage };
}
