import { once } from "node:events";
import net from "node:net";
import { create } from "@bufbuild/protobuf";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SecretSchema } from "../../gen/secret/v1/secret_service_pb.ts";
import { limits } from "../../src/limits.ts";
import { type Fixture, jsonHeaders, send, startServer, token, tokenOfBob } from "../support/http/fixture.ts";
import { flags, frame, frameType, headerBlock, hello, readFrames } from "../support/http/http2-frames.ts";

let fixture: Fixture;
const sockets: net.Socket[] = [];

async function start(overrides: Parameters<typeof startServer>[0] = {}): Promise<void> {
  fixture = await startServer(overrides);
  const value = "v".repeat(60_000);
  for (let at = 0; at < 52; at += 1) {
    fixture.secrets.set(`K${at}`, create(SecretSchema, { key: `K${at}`, value }));
  }
}

beforeEach(() => start());

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await fixture.server.close();
});

/** A list of everything with values, as the attack of fault A1 sends it. */
const listAll = JSON.stringify({ view: "SECRET_VIEW_FULL", pageSize: 1000 });

const bobHeaders = { ...jsonHeaders, authorization: `Bearer ${tokenOfBob}` };

function requestOn(stream: number, bearer = token, body = listAll): Buffer {
  const headers = [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", "/secret.v1.SecretService/ListSecrets"],
    [":authority", "x"],
    ["content-type", "application/json"],
    ["authorization", `Bearer ${bearer}`],
  ] as const;
  return Buffer.concat([
    frame(frameType.headers, flags.endHeaders, stream, headerBlock(headers)),
    frame(frameType.data, flags.endStream, stream, Buffer.from(body)),
  ]);
}

/** SETTINGS with an initial window of no bytes: the server may send headers, but nothing of a body. */
const noWindow = frame(frameType.settings, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0]));

/** An HTTP/2 connection that sends `count` requests at once and lets nothing of the responses through. */
async function askWithoutReading(count: number, bearer = token): Promise<net.Socket> {
  const socket = net.connect(fixture.port, fixture.host);
  sockets.push(socket);
  socket.on("error", () => {});
  await once(socket, "connect");
  const requests = Array.from({ length: count }, (_, at) => requestOn(2 * at + 1, bearer));
  socket.write(Buffer.concat([hello, noWindow, ...requests]));
  return socket;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

test("fault A1: two connections with 90 unread streams each get few answers made, and others are served", async () => {
  await Promise.all([askWithoutReading(90), askWithoutReading(90)]);
  await until(() => fixture.server.memory.budgets.calls.waiting > 100);
  for (let probe = 0; probe < 20; probe += 1) {
    const answer = await send(fixture, "POST", "/secret.v1.SecretService/EncryptValue", { value: "x" }, bobHeaders);
    expect(answer.status).toBe(200);
    expect(fixture.server.memory.budgets.calls.held).toBeLessThanOrEqual(limits.callMemoryBytes);
  }
  const made = fixture.calls.filter(({ caller }) => caller.slug === "alice").length;
  // Each answer has 3 MiB, and one caller may have half of the memory.
  expect(made).toBeLessThanOrEqual(11);
  expect(made).toBeGreaterThan(0);
});

test("fault A1: once a client reads, it gets the answers that it waited for", async () => {
  const socket = await askWithoutReading(20);
  await until(() => fixture.server.memory.budgets.calls.waiting > 0);
  let received: Buffer = Buffer.alloc(0);
  const ended = new Set<number>();
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 9 && received.length >= 9 + received.readUIntBE(0, 3)) {
      const [first] = readFrames(received);
      if (first === undefined) break;
      if (first.type === frameType.data && (first.flags & flags.endStream) !== 0) ended.add(first.stream);
      received = received.subarray(9 + first.payload.length);
    }
  });
  const opening = Buffer.from([0, 4, 0x7f, 0, 0, 0]);
  socket.write(Buffer.concat([frame(frameType.settings, 0, 0, opening), frame(8, 0, 0, Buffer.from([0x7f, 0, 0, 0]))]));
  await until(() => ended.size === 20);
  expect(fixture.calls).toHaveLength(20);
  await until(() => fixture.server.memory.budgets.calls.held === 0);
  expect(fixture.server.memory.slowReaders.unread).toBe(0);
});

test("fault A1: a client that closes its streams does not make room before their handlers have ended", async () => {
  const gate = Promise.withResolvers<void>();
  fixture.gate = gate.promise;
  const socket = await askWithoutReading(10);
  await until(() => fixture.calls.length > 0);
  // Until what else was asked is refused or waits.
  for (let probe = 0; probe < 5; probe += 1) await fetch(`${fixture.url}/healthz`);
  const { held } = fixture.server.memory.budgets.calls;
  const made = fixture.calls.length;
  expect(held).toBeGreaterThan(limits.answerBytes);
  const cancel = Buffer.from([0, 0, 0, 8]);
  for (let at = 0; at < 10; at += 1) socket.write(frame(frameType.rstStream, 0, 2 * at + 1, cancel));
  for (let at = 10; at < 20; at += 1) socket.write(requestOn(2 * at + 1));
  for (let probe = 0; probe < 5; probe += 1) await fetch(`${fixture.url}/healthz`);
  expect(fixture.calls).toHaveLength(made);
  expect(fixture.server.memory.budgets.calls.held).toBe(held);
  gate.resolve();
  await until(() => fixture.calls.length > made);
});

test("fault A1: the connection of a client that waits is closed, and nothing is done for it", async () => {
  const socket = await askWithoutReading(90);
  await until(() => fixture.server.memory.budgets.calls.waiting > 0);
  const made = fixture.calls.length;
  socket.destroy();
  const { calls } = fixture.server.memory.budgets;
  await until(() => calls.waiting === 0 && calls.held === 0);
  expect(fixture.calls.length).toBeLessThan(90);
  expect(fixture.calls.length).toBeGreaterThanOrEqual(made);
});

test("fault A1: more calls than may wait are refused before anything is done for them", async () => {
  await fixture.server.close();
  await start({ memory: { waitingOfHolder: 30 } });
  const socket = await askWithoutReading(90);
  let received = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
  });
  const { calls } = fixture.server.memory.budgets;
  await until(() => calls.refused > 0);
  expect(calls.waiting).toBeLessThanOrEqual(30);
  expect(fixture.calls.length).toBeLessThanOrEqual(6);
  // 429 in the header block, with Huffman coding.
  await until(() => readFrames(received).some(({ type, payload }) => type === frameType.headers && payload.length > 0));
});

test("fault A1: a client that does not read is cut off, and its memory is free again", async () => {
  await fixture.server.close();
  await start({ timeouts: { unreadMs: 40 } });
  const socket = await askWithoutReading(4);
  let received = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
  });
  const resets = () => readFrames(received).filter(({ type }) => type === frameType.rstStream);
  fixture.secrets.clear();
  await until(() => resets().length > 0);
  await until(() => fixture.server.memory.budgets.calls.held === 0);
  // "Enhance your calm"
  expect(resets()[0]?.payload.readUInt32BE(0)).toBe(11);
  expect(fixture.server.memory.slowReaders.cut).toBeGreaterThan(0);
});

test("fault A1: strangers who do not read their refusals are cut off", async () => {
  // With more, whole connections of strangers are dropped.
  const first = await askWithoutReading(60, "oo_wrong");
  const others = await Promise.all(Array.from({ length: 11 }, () => askWithoutReading(60, "oo_wrong")));
  let resets = 0;
  for (const socket of [first, ...others]) {
    socket.on("data", (chunk: Buffer) => {
      resets += readFrames(chunk).filter(({ type }) => type === frameType.rstStream).length;
    });
  }
  await until(() => resets > 0);
  await until(() => fixture.server.memory.budgets.strangers.held <= limits.strangerMemoryBytes / 2);
  // While 256 requests of its address wait, a caller who was never seen before is one too many.
  let status = 0;
  while (status !== 200) {
    const sent = send(fixture, "POST", "/secret.v1.SecretService/EncryptValue", { value: "x" }, bobHeaders);
    ({ status } = await sent.catch(() => ({ status: 0 })));
  }
});

test("fault A1: over HTTP/1.1, a user's calls on many connections get few answers made", async () => {
  const head = `POST /secret.v1.SecretService/ListSecrets HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n`;
  const request = `${head}content-type: application/json\r\ncontent-length: ${listAll.length}\r\n\r\n${listAll}`;
  for (let at = 0; at < 60; at += 1) {
    const socket = net.connect(fixture.port, fixture.host);
    sockets.push(socket);
    socket.on("error", () => {});
    socket.pause();
    socket.write(request);
  }
  await until(() => fixture.server.memory.budgets.calls.waiting > 0);
  for (let probe = 0; probe < 10; probe += 1) {
    const answer = await send(fixture, "POST", "/secret.v1.SecretService/EncryptValue", { value: "x" }, bobHeaders);
    expect(answer.status).toBe(200);
    expect(fixture.server.memory.budgets.calls.held).toBeLessThanOrEqual(limits.callMemoryBytes);
  }
});

test("threat 217: a user who reads no refusals either gets no more of them than fit into the memory", async () => {
  await fixture.server.close();
  const callMemoryBytes = 2 * 1024 * 1024;
  await start({ memory: { callMemoryBytes, waitingOfHolder: 1 } });
  let resets = 0;
  for (let at = 0; at < 4; at += 1) {
    const socket = await askWithoutReading(90);
    socket.on("data", (chunk: Buffer) => {
      resets += readFrames(chunk).filter(({ type }) => type === frameType.rstStream).length;
    });
  }
  const { calls } = fixture.server.memory.budgets;
  await until(() => resets > 100);
  expect(calls.held).toBeLessThanOrEqual(callMemoryBytes);
  const answer = await send(fixture, "POST", "/secret.v1.SecretService/EncryptValue", { value: "x" }, bobHeaders);
  expect(answer.status).toBe(200);
});
