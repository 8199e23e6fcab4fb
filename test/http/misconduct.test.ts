import { once } from "node:events";
import net from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Traffic } from "../../src/http/call/traffic.ts";
import { createMisconduct } from "../../src/http/connection/misconduct.ts";
import { type Fixture, jsonHeaders, send, startServer, token } from "../support/http/fixture.ts";
import { flags, frame, frameType, headerBlock, hello } from "../support/http/http2-frames.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startServer();
});
afterEach(() => fixture.server.close());

function headers(bearer: string) {
  return headerBlock([
    [":method", "POST"],
    [":scheme", "http"],
    [":path", "/secret.v1.SecretService/EncryptValue"],
    [":authority", "x"],
    ["content-type", "application/json"],
    ["authorization", `Bearer ${bearer}`],
  ]);
}

/** Sends frames over HTTP/2 until the service closes the connection. Answers how many bytes it took. */
async function sendUntilClosed(next: (stream: number) => Uint8Array, from = "127.0.0.1"): Promise<number> {
  const socket = net.connect({ port: fixture.port, host: fixture.host, localAddress: from });
  socket.on("error", () => {});
  await once(socket, "connect");
  let isClosed = false;
  socket.once("close", () => {
    isClosed = true;
  });
  socket.resume();
  socket.write(hello);
  for (let stream = 1; !isClosed; stream += 2) {
    if (!socket.write(next(stream))) await Promise.race([once(socket, "drain"), once(socket, "close")]).catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
  }
  return socket.bytesWritten;
}

async function isServed(from = "127.0.0.1"): Promise<boolean> {
  const socket = net.connect({ port: fixture.port, host: fixture.host, localAddress: from });
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text.includes("200 OK");
}

const call = () => send(fixture, "POST", "/secret.v1.SecretService/EncryptValue", { value: "x" }, jsonHeaders);

test.each([
  ["headers that name one entry of the table thousands of times", 16_000, 0xbe],
  ["headers that name a standard entry thousands of times", 16_000, 0x90],
])("fault A6: %s, again and again, cost the connection", async (_what, size, index) => {
  const value = Buffer.alloc(100, "x");
  const entry = Buffer.concat([Buffer.from([0x40, 1, 0x78, value.length]), value]);
  const bits = flags.endHeaders | flags.endStream;
  const bomb = (stream: number) =>
    frame(
      frameType.headers,
      bits,
      stream,
      Buffer.concat([headers("wrong"), stream === 1 ? entry : Buffer.alloc(size, index)]),
    );
  await sendUntilClosed(bomb, "127.0.2.1");
  expect(fixture.server.memory.misconduct.dropped).toBe(1);
  expect(await isServed("127.0.2.1").catch(() => false)).toBe(false);
  expect(await isServed("127.0.2.2")).toBe(true);
  expect((await call()).status).toBe(200);
});

test("fault A6: windows without end cost the connection", async () => {
  const updates = Buffer.concat(Array(1000).fill(frame(8, 0, 0, Buffer.from([0, 0, 0, 1]))));
  await sendUntilClosed(() => updates, "127.0.2.3");
  expect((await call()).status).toBe(200);
});

test("fault A6: refused calls without end cost the connection, and a valid one in between starts anew", async () => {
  const request = (stream: number, bearer: string) =>
    Buffer.concat([
      frame(frameType.headers, flags.endHeaders, stream, headers(bearer)),
      frame(frameType.data, flags.endStream, stream, Buffer.from('{"value":"x"}')),
    ]);
  const some = await sendUntilClosed((stream) => request(stream, "wrong"), "127.0.2.4");
  expect(fixture.server.memory.misconduct.dropped).toBe(1);
  let sent = 0;
  const socket = net.connect(fixture.port, fixture.host);
  socket.resume();
  socket.write(hello);
  for (let stream = 1; sent < 3 * some; stream += 2) {
    const next = request(stream, stream % 100 === 1 ? token : "wrong");
    sent += next.length;
    socket.write(next);
    if (stream % 50 === 1) expect((await call()).status).toBe(200);
  }
  expect(socket.destroyed).toBe(false);
  expect(fixture.server.memory.misconduct.dropped).toBe(1);
  socket.destroy();
});

test("fault A2: a body in DATA frames of one byte costs the connection, and its sender may come again", async () => {
  const crumbs = Buffer.concat(Array(1000).fill(frame(frameType.data, 0, 1, Buffer.from(" "))));
  const first = frame(frameType.headers, flags.endHeaders, 1, headers(token));
  await sendUntilClosed((stream) => (stream === 1 ? first : crumbs));
  expect(fixture.server.memory.misconduct.dropped).toBe(1);
  expect(fixture.calls).toHaveLength(0);
});

test("blocks grow, except where someone has a token", () => {
  let nowMs = 0;
  const misconduct = createMisconduct(() => nowMs);
  misconduct.report("192.0.2.1", false);
  expect([misconduct.isBlocked("192.0.2.1"), misconduct.isBlocked("192.0.2.2")]).toEqual([true, false]);
  nowMs = 2000;
  expect(misconduct.isBlocked("192.0.2.1")).toBe(false);
  misconduct.report("192.0.2.1", false);
  nowMs = 9999;
  expect(misconduct.isBlocked("192.0.2.1")).toBe(true);
  nowMs = 10_000;
  expect(misconduct.isBlocked("192.0.2.1")).toBe(false);
  misconduct.report("192.0.2.1", true);
  expect(misconduct.isBlocked("192.0.2.1")).toBe(false);
  misconduct.report("192.0.2.1", false);
  expect([misconduct.isBlocked("192.0.2.1"), misconduct.dropped]).toEqual([true, 4]);
  misconduct.close();
});

test("a first request that was read and not yet looked at is not counted as useless", () => {
  const misconduct = createMisconduct(() => 0);
  const windowBytes = 65_535;
  const isDropped = (bytes: number) => {
    let dropped = false;
    const drop = () => {
      dropped = true;
    };
    misconduct.look({ bytesRead: () => bytes, traffic: new Traffic(drop), drop });
    return dropped;
  };
  // The headers of a request that was seen are as many.
  const { useful } = requestOf(new Traffic(() => {}));
  expect([0, 166, useful].map((bytes) => isDropped(windowBytes + bytes))).toEqual([false, false, false]);
  expect(isDropped(2 * windowBytes)).toBe(true);
  misconduct.close();
});

function requestOf(traffic: Traffic): Traffic {
  traffic.request();
  return traffic;
}

test("requests and their bodies are never counted as useless", () => {
  const traffic = new Traffic(() => {
    throw new Error("dropped");
  });
  for (let at = 0; at < 1000; at += 1) {
    traffic.request();
    for (let piece = 0; piece < 50; piece += 1) traffic.piece(piece, 16_384);
  }
  expect(traffic.useful).toBeGreaterThan(1000 * 50 * 16_384);
});
