import { encodeEnvelope } from "@connectrpc/connect/protocol";
import { flags, frame, frameType, headerBlock, hello } from "../support/http/http2-frames.ts";
import { drained, flood, open, path, pause, type Target } from "./target.ts";
import { head1, headersOf, helloWithoutWindow, openRequest2, request1, request2 } from "./wire.ts";

/** What someone without a token does from an address of their own, until the signal aborts. */
export type StrangerAttack = (target: Target, from: string, signal: AbortSignal) => Promise<void>;

/** Again whenever the service closes the connection. */
function again(attack: StrangerAttack): StrangerAttack {
  return async (target, from, signal) => {
    while (!signal.aborted) {
      await attack(target, from, signal).catch(() => undefined);
      await pause(100, signal);
    }
  };
}

const wrong = "oo_0123456789012345678901234567890123456789012";

/** Bytes that are sent as fast as the service reads them. */
function floodOf(start: Uint8Array | string, bytes: Uint8Array): StrangerAttack {
  return async (target, from, signal) => {
    const socket = await open(target, signal, from);
    socket.resume();
    socket.write(start);
    await flood(socket, bytes, signal);
  };
}

/** Bytes that are sent once, after which the connection stays open. */
function once(connections: number, bytes: Uint8Array | string): StrangerAttack {
  return async (target, from, signal) => {
    const sockets = await Promise.all(Array.from({ length: connections }, () => open(target, signal, from)));
    for (const socket of sockets) socket.write(bytes);
    while (!signal.aborted && sockets.some(({ destroyed }) => !destroyed)) await pause(200, signal);
  };
}

const repeated = (count: number, part: Uint8Array) => Buffer.concat(Array<Uint8Array>(count).fill(part));
const streams = (count: number, of: (stream: number) => Uint8Array) =>
  Array.from({ length: count }, (_, at) => of(2 * at + 1));

/**
 * One header of 4,000 bytes enters the table of HPACK, and each stream then names it thousands of times, in a byte
 * each.
 */
const hpackBomb: StrangerAttack = async (target, from, signal) => {
  const socket = await open(target, signal, from);
  socket.resume();
  const value = Buffer.alloc(4000, "x");
  const length = value.length - 127;
  const entry = Buffer.concat([Buffer.from([0x40, 1, 0x78, 0x7f, (length & 0x7f) | 0x80, length >> 7]), value]);
  const start = headersOf(path.list, wrong);
  const bits = flags.endHeaders | flags.endStream;
  socket.write(Buffer.concat([hello, frame(frameType.headers, bits, 1, Buffer.concat([start, entry]))]));
  const references = Buffer.alloc(16_000 - start.length, 0xbe);
  for (let stream = 3; !socket.destroyed && !signal.aborted; stream += 2) {
    const bomb = frame(frameType.headers, bits, stream, Buffer.concat([start, references]));
    if (socket.writableNeedDrain || !socket.write(bomb)) await drained(socket);
  }
};

/** New streams with a wrong token, as fast as the service reads them. */
const refusedCalls: StrangerAttack = async (target, from, signal) => {
  const socket = await open(target, signal, from);
  socket.resume();
  socket.write(hello);
  for (let stream = 1; !socket.destroyed && !signal.aborted; stream += 2) {
    if (!socket.write(request2(stream, path.list, wrong, "{}"))) await drained(socket);
  }
};

const watchHealth = "/grpc.health.v1.Health/Watch";
const emptyMessage = Buffer.from(encodeEnvelope(0, Buffer.from("{}"))).toString("latin1");
const noEnd = frame(frameType.headers, 0, 1, headerBlock([[":method", "POST"]]));

export const strangerAttacks: Readonly<Record<string, StrangerAttack>> = {
  "refusals that are not read": again(
    once(10, Buffer.concat([helloWithoutWindow, ...streams(100, (at) => request2(at, path.list, wrong, "{}"))])),
  ),
  "HPACK bombs": again(hpackBomb),
  "calls with a wrong token": again(refusedCalls),
  "pipelined calls with a wrong token": again(floodOf("", Buffer.from(request1(path.list, wrong, "{}").repeat(100)))),
  "CONTINUATION without end": again(
    floodOf(Buffer.concat([hello, noEnd]), repeated(1000, frame(frameType.continuation, 0, 1))),
  ),
  "SETTINGS without end": again(floodOf(hello, repeated(1000, frame(frameType.settings, 0, 0)))),
  "PING without end": again(floodOf(hello, repeated(1000, frame(frameType.ping, 0, 0, Buffer.alloc(8))))),
  "headers that come slowly": again(once(50, "POST / HTTP/1.1\r\nhost: x\r\nx-header: ")),
  "bodies of public methods that never end": again(
    once(50, `${head1(path.sealingKey, wrong, "content-length: 65536")}${" ".repeat(65_000)}`),
  ),
  "public streams that are not read": again(
    once(
      5,
      Buffer.concat([
        helloWithoutWindow,
        ...streams(100, (at) => request2(at, watchHealth, wrong, emptyMessage, "application/connect+json")),
      ]),
    ),
  ),
  "requests that never end": again(
    once(10, Buffer.concat([hello, ...streams(100, (at) => openRequest2(at, path.sealingKey, wrong))])),
  ),
  "WINDOW_UPDATE without end": again(floodOf(hello, repeated(1000, frame(8, 0, 0, Buffer.from([0, 0, 0, 1]))))),
};
