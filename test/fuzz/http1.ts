import fc from "fast-check";
import { sampleRequests } from "../support/hostile/malformed.ts";
import { damaged } from "./bytes.ts";
import { exchange, type FuzzedService, requireFair } from "./service.ts";
import { defineTarget, each, type Target } from "./target.ts";

const crlf = "\r\n";
/** Mostly what is allowed, else something strange. */
function mostly<T>(usual: fc.Arbitrary<T>, strange: fc.Arbitrary<T>, weight = 8): fc.Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: strange });
}

const anything = fc.string({ unit: "binary-ascii", maxLength: 12 });
const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,11}$/);
const visible = fc.stringMatching(/^[!-~]{0,12}$/);
const verb = mostly(
  fc.constantFrom("GET", "POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"),
  fc.oneof(fc.constantFrom("CONNECT", "TRACE", "PRI", "get", "QUERY", ""), anything),
);
const path = mostly(
  fc.constantFrom(
    ...["/healthz", "/readyz", "/openapi.json", "/", "*", "/secret-svc/is-secure", "/grpc.health.v1.Health/Check"],
    ...sampleRequests.flatMap((sample) => [sample.path, sample.rpc]),
    "/secret.v1.SecretService/WatchSecrets",
  ),
  fc.oneof(
    fc.constantFrom("//", "/..", "/%00", "/secret-svc/secrets?x=1#y", "http://a/healthz", `/${"a".repeat(3000)}`),
    anything,
  ),
);

type Header = readonly [name: string, value: string];
const contentTypes = [
  ...["application/json", "application/proto", "application/connect+json", "application/connect+proto", "text/plain"],
  ...["application/grpc", "application/grpc-web", "application/grpc-web+proto", "application/grpc-web-text", "x", ""],
];
const timeouts = ["1", "0", "-1", "99999999999999999999", "1e3", "1S", "1n", "x", ""];
/** Headers that the service reads, and others. */
const usualHeader: fc.Arbitrary<Header> = fc.oneof(
  fc.tuple(fc.constant("content-type"), fc.constantFrom(...contentTypes)),
  fc.tuple(fc.constant("content-encoding"), fc.constantFrom("gzip", "identity", "br", "deflate", "x", "gzip, gzip")),
  fc.tuple(fc.constantFrom("connect-timeout-ms", "grpc-timeout"), fc.constantFrom(...timeouts)),
  fc.tuple(fc.constant("connect-protocol-version"), fc.constantFrom("1", "2", "")),
  fc.tuple(fc.constant("connection"), fc.constantFrom("close", "keep-alive", "x")),
  fc.tuple(fc.constant("expect"), fc.constantFrom("100-continue", "x")),
  fc.tuple(
    fc.constantFrom("origin", "accept-encoding", "te", "cookie", "forwarded", "x-forwarded-for", "range"),
    visible,
  ),
  fc.tuple(word, visible),
);
/** Headers that frame a body, name the host or change the protocol, each at most once in a good request. */
const strangeHeader: fc.Arbitrary<Header> = fc.oneof(
  fc.tuple(fc.constant("transfer-encoding"), fc.constantFrom("chunked", "gzip, chunked", "identity", "chunked, x")),
  fc.tuple(fc.constant("content-length"), fc.constantFrom("0", "1", "-1", "5", "99999999999", "0x5", "5, 5", "")),
  fc.tuple(fc.constant("host"), fc.constantFrom("localhost", "", "a b", "[::1]:1", "x".repeat(300))),
  fc.tuple(fc.constantFrom("connection", "upgrade"), fc.constantFrom("Upgrade, HTTP2-Settings", "h2c", "websocket")),
  fc.tuple(anything, anything),
);
const header = mostly(usualHeader, strangeHeader, 12);

const json = fc.constantFrom(
  ...sampleRequests.map(({ body }) => JSON.stringify(body)),
  "",
  "{}",
  "[]",
  '{"keys":["A"]}',
);
const envelope = fc
  .tuple(fc.nat(255), fc.oneof(fc.constant(undefined), fc.nat(0xffff_ffff)), json)
  .map(([flags, length, text]) => {
    const head = Buffer.alloc(5);
    head.writeUInt8(flags);
    head.writeUInt32BE(length ?? Buffer.byteLength(text), 1);
    return Buffer.concat([head, Buffer.from(text)]);
  });
const body = fc.oneof(
  json.map((text) => Buffer.from(text)),
  envelope,
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);
const version = mostly(fc.constant("HTTP/1.1"), fc.constantFrom("HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "X", ""), 30);

/** One request, framed as it should be or not. */
function requests(token: string): fc.Arbitrary<Uint8Array> {
  const isFramed = fc.constantFrom("length", "length", "length", "chunked", "chunked", "none");
  const isKnown = fc.boolean();
  const fields = fc.tuple(verb, path, version, fc.array(header, { maxLength: 5 }), body, isFramed, isKnown);
  return fields.map(([method, target, protocol, headers, content, framing, known]) => {
    const all: Header[] = [["host", "localhost"], ...headers];
    if (known) all.push(["authorization", `Bearer ${token}`], ["content-type", "application/json"]);
    if (framing === "length") all.push(["content-length", String(content.length)]);
    if (framing === "chunked") all.push(["transfer-encoding", "chunked"]);
    const head = `${method} ${target} ${protocol}${crlf}${all.map(([name, value]) => `${name}: ${value}${crlf}`).join("")}${crlf}`;
    const chunked = framing === "chunked";
    const before = chunked ? `${content.length.toString(16)}${crlf}` : "";
    const after = chunked ? `${crlf}0${crlf}${crlf}` : "";
    return Buffer.concat([Buffer.from(head + before, "latin1"), content, Buffer.from(after)]);
  });
}

/** The statuses of all answers on a connection. */
export function statusesOf(received: Buffer): number[] {
  return [...received.toString("latin1").matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}

/** What the input may have asked for: a deadline that has passed, or a method or compression that does not exist. */
function askedFor(sent: Buffer): number[] {
  const text = sent.toString("latin1");
  return [...(/timeout/i.test(text) ? [504] : []), ...(/content-encoding|encoding/i.test(text) ? [501] : [])];
}

/** Some requests on one connection, one after the other. */
export function http1Inputs(token: string): fc.Arbitrary<Uint8Array> {
  const whole = fc.array(requests(token), { minLength: 1, maxLength: 3 }).map((all) => Buffer.concat(all));
  return fc.oneof({ weight: 3, arbitrary: whole }, { weight: 1, arbitrary: damaged(whole) });
}

export function createHttp1Target(service: FuzzedService): Target {
  return defineTarget({
    name: "http1",
    share: 9,
    atOnce: 256,
    input: http1Inputs(service.server.adminToken),
    check: each(async (bytes) => {
      const received = await exchange(service, bytes);
      requireFair(statusesOf(received), askedFor(Buffer.from(bytes)));
    }),
  });
}
