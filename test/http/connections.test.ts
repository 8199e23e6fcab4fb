import diagnostics from "node:diagnostics_channel";
import { once } from "node:events";
import http2 from "node:http2";
import net from "node:net";
import { setImmediate as tick } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { SecretSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { type Fixture, jsonHeaders, send, sendRaw, startServer, token } from "../support/http/fixture.ts";
import { flags, frame, frameType, headerBlock, hello, readFrames } from "../support/http/http2-frames.ts";

const path = "/secret-svc/secrets";
/** Only for what is closed by them: a busy machine needs longer than that for a good request. */
const timeouts = { sniffMs: 150, headersMs: 150, requestMs: 300, stalledMs: 400, idleMs: 300, defaultDeadlineMs: 250 };

let fixture: Fixture;
let impatient: Fixture;
const uncaught: unknown[] = [];
const note = (error: unknown) => uncaught.push(error);
beforeAll(async () => {
  process.on("uncaughtException", note);
  process.on("unhandledRejection", note);
  fixture = await startServer();
  impatient = await startServer({ timeouts });
});
afterAll(async () => {
  await fixture.server.close();
  await impatient.server.close();
  process.off("uncaughtException", note);
  process.off("unhandledRejection", note);
});
/** Whatever a test sent, the process lives and serves. */
afterEach(async () => {
  expect((await send(fixture, "POST", path, {})).status).toBe(200);
  expect(uncaught).toEqual([]);
});

const request = (head: string, body = "{}") =>
  `${head}Authorization: Bearer ${token}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test.each([
  ["no Host in HTTP/1.1", request(`POST ${path} HTTP/1.1\r\n`), /^HTTP\/1.1 400 /],
  ["no Host in HTTP/1.0", request(`POST ${path} HTTP/1.0\r\n`), /^HTTP\/1.1 200 /],
  ["a malformed Host", request(`POST ${path} HTTP/1.1\r\nHost: [\r\n`), /^HTTP\/1.1 200 /],
  ["a Host with a space", request(`POST ${path} HTTP/1.1\r\nHost: a b\r\n`), /^HTTP\/1.1 200 /],
  ["an empty Host", request(`POST ${path} HTTP/1.1\r\nHost:\r\n`), /^HTTP\/1.1 200 /],
  ["garbage", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", /^HTTP\/1.1 400 /],
  ["a target that is not a path", request("POST secret HTTP/1.1\r\nHost: x\r\n"), /^HTTP\/1.1 (400|404) /],
  ["CONNECT", "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", /^$/],
  [
    "two lengths",
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
    /^HTTP\/1.1 400 /,
  ],
  [
    "length and chunks",
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    /^HTTP\/1.1 400 /,
  ],
  ["headers of 20 KB", `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, /^HTTP\/1.1 431 /],
  [
    "200 headers",
    `GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${"X: y\r\n".repeat(200)}\r\n`,
    /^HTTP\/1.1 431 /,
  ],
])("one request with %s does not end the process", async (_name, bytes, answer) => {
  expect(await sendRaw(fixture, bytes)).toMatch(answer);
});

test.each(["[", "a b", ""])("a stream with the Host %j is refused with 400", async (host) => {
  const head = `POST /grpc.health.v1.Health/Watch HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`;
  const answer = await sendRaw(
    fixture,
    `${head}Content-Type: application/connect+json\r\nContent-Length: 7\r\n\r\n\0\0\0\0\u0002{}`,
  );
  expect(answer).toMatch(/^HTTP\/1.1 400 /);
});

test("a malformed :authority does not end the process", async () => {
  for (const call of [path, "/grpc.health.v1.Health/Watch"]) {
    const block = headerBlock([
      [":method", "POST"],
      [":path", call],
      [":scheme", "http"],
      [":authority", "["],
      ["authorization", `Bearer ${token}`],
      ["content-type", call === path ? "application/json" : "application/grpc"],
    ]);
    const goodbye = frame(frameType.goAway, 0, 0, Buffer.alloc(8));
    const answer = await sendRaw(
      fixture,
      hello,
      frame(frameType.headers, flags.endStream | flags.endHeaders, 1, block),
      goodbye,
    );
    const frames = readFrames(Buffer.from(answer, "latin1"));
    expect(frames.some(({ type, stream }) => stream === 1 && type === frameType.headers)).toBe(true);
  }
});

test("threat 112: a connection that says nothing, or only a part of the preface, is closed", async () => {
  expect(await sendRaw(impatient)).toBe("");
  expect(await sendRaw(impatient, "PRI * HTTP/2.0\r\n\r\nS")).toBe("");
});

test("threat 112: half a header, and half a body, are closed in time", async () => {
  expect(await sendRaw(impatient, `POST ${path} HTTP/1.1\r\nHost: x\r\nX: `)).toMatch(/^HTTP\/1.1 408 |^$/);
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
  expect(await sendRaw(impatient, `${head}Content-Length: 100\r\n\r\n{`)).toMatch(/^HTTP\/1.1 (408|504) /);
});

test("threat 112: half a body on HTTP/2 is answered at the deadline, and an idle connection is closed", async () => {
  const session = http2.connect(impatient.url);
  const stream = session.request({ ":method": "POST", ":path": path, ...jsonHeaders });
  stream.on("error", () => {});
  stream.write("{");
  const [headers] = await once(stream, "response");
  expect(headers[":status"]).toBe(504);
  stream.close();
  await once(session, "close");
});

test("threat 112: a client that does not read its answer is dropped", async () => {
  impatient.secrets.set("a/big", create(SecretSchema, { key: "a/big", value: "x".repeat(3_000_000) }));
  const accepted = Promise.withResolvers<net.Socket>();
  const onSocket = (message: unknown) => accepted.resolve((message as { socket: net.Socket }).socket);
  diagnostics.subscribe("net.server.socket", onSocket);
  const socket = net.connect(impatient.port, impatient.host).pause();
  socket.on("error", () => {});
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
  for (let i = 0; i < 10; i++) socket.write(`${head}Content-Length: 2\r\n\r\n{}`);
  await once(await accepted.promise, "close");
  diagnostics.unsubscribe("net.server.socket", onSocket);
  socket.destroy();
  impatient.secrets.clear();
});

test("clients that send byte by byte are served over both protocols", async () => {
  const socket = net.connect({ port: fixture.port, host: fixture.host, noDelay: true });
  const received: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => received.push(chunk));
  for (const byte of Buffer.from(request(`POST ${path} HTTP/1.1\r\nHost: x\r\n`))) {
    socket.write(Buffer.of(byte));
    await tick();
  }
  await once(socket, "close");
  expect(Buffer.concat(received).toString()).toMatch(/^HTTP\/1.1 200 /);

  const block = headerBlock([
    [":method", "GET"],
    [":path", "/healthz"],
    [":scheme", "http"],
    [":authority", "x"],
  ]);
  const bytes = Buffer.concat([hello, frame(frameType.headers, flags.endStream | flags.endHeaders, 1, block)]);
  const slow = net.connect({ port: fixture.port, host: fixture.host, noDelay: true });
  let seen: Buffer = Buffer.alloc(0);
  slow.on("data", (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
    if (readFrames(seen).some(({ type, payload }) => type === frameType.data && payload.length > 0)) slow.destroy();
  });
  for (const byte of bytes) {
    slow.write(Buffer.of(byte));
    await tick();
  }
  await once(slow, "close");
  expect(seen.toString("latin1")).toContain("ok\n");
});

test("threat 113: a flood of reset streams ends the connection, not the process", async () => {
  const block = headerBlock([
    [":method", "POST"],
    [":path", path],
    [":scheme", "http"],
    [":authority", "x"],
  ]);
  const floods: Buffer[] = [hello];
  for (let stream = 1; stream < 4000; stream += 2) {
    floods.push(frame(frameType.headers, flags.endHeaders, stream, block));
    floods.push(frame(frameType.rstStream, 0, stream, Buffer.from([0, 0, 0, 8])));
  }
  const answer = await sendRaw(fixture, Buffer.concat(floods));
  expect(readFrames(Buffer.from(answer, "latin1")).some(({ type }) => type === frameType.goAway)).toBe(true);
});

test("threat 113: endless CONTINUATION frames, PINGs and SETTINGS end the connection, not the process", async () => {
  const block = headerBlock([
    [":method", "POST"],
    ["x", "y".repeat(100)],
  ]);
  const more = Array.from({ length: 5000 }, () => frame(frameType.continuation, 0, 1, block));
  await sendRaw(fixture, hello, frame(frameType.headers, 0, 1, block), Buffer.concat(more));
  const goodbye = frame(frameType.goAway, 0, 0, Buffer.alloc(8));
  const pings = Array.from({ length: 20_000 }, () => frame(frameType.ping, 0, 0, Buffer.alloc(8)));
  await sendRaw(fixture, hello, Buffer.concat(pings), goodbye);
  const settings = Array.from({ length: 20_000 }, () => frame(frameType.settings, 0, 0));
  await sendRaw(fixture, hello, Buffer.concat(settings), goodbye);
});

test("threat 113: connections that are reset at any moment do not end the process", async () => {
  const bytes = Buffer.concat([
    hello,
    frame(
      frameType.headers,
      flags.endHeaders,
      1,
      headerBlock([
        [":method", "POST"],
        [":path", path],
        [":scheme", "http"],
      ]),
    ),
  ]);
  for (const sent of [0, 5, 24, 30, bytes.length]) {
    const socket = net.connect(fixture.port, fixture.host);
    socket.on("error", () => {});
    await once(socket, "connect");
    if (sent > 0) await new Promise((resolve) => socket.write(bytes.subarray(0, sent), resolve));
    socket.resetAndDestroy();
    await once(socket, "close");
  }
});

test("threat 113: a session that ends with an error in the bytes behind a request does not end the process", async () => {
  const block = headerBlock([
    [":method", "POST"],
    [":scheme", "http"],
    [":path", path],
    [":authority", "x"],
  ]);
  const request = frame(frameType.headers, flags.endHeaders, 1, block);
  const wrong = [
    frame(frameType.data, 0, 0, Buffer.from("x")),
    frame(frameType.headers, flags.endHeaders, 2, block),
    frame(frameType.headers, flags.endHeaders, 3, Buffer.from([0x40, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
    frame(frameType.ping, 0, 0, Buffer.from("short")),
  ];
  for (const bytes of wrong) {
    const socket = net.connect(fixture.port, fixture.host);
    socket.on("error", () => {});
    socket.resume();
    socket.end(Buffer.concat([hello, request, bytes]));
    await once(socket, "close");
  }
});
