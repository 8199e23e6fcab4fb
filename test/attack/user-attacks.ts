import { gzipSync } from "node:zlib";
import { encodeEnvelope } from "@connectrpc/connect/protocol";
import { frame, frameType, hello } from "../support/http/http2-frames.ts";
import { call, drained, flood, listAll, open, path, pause, type Target } from "./target.ts";
import {
  head1,
  helloWithoutWindow,
  largestWindow,
  openRequest2,
  request1,
  request2,
  roomOnConnection,
  windowOf,
} from "./wire.ts";

/** What an attacker does until the signal aborts. `token` is that of an ordinary user. */
export type UserAttack = (target: Target, token: string, signal: AbortSignal) => Promise<void>;

/** Runs the same attack several times at once, and again whenever one of them is stopped by the service. */
function several(count: number, attack: UserAttack): UserAttack {
  return async (target, token, signal) => {
    const one = async () => {
      while (!signal.aborted) {
        await attack(target, token, signal).catch(() => undefined);
        await pause(200, signal);
      }
    };
    await Promise.all(Array.from({ length: count }, one));
  };
}

const closed = (socket: { destroyed: boolean }, signal: AbortSignal) => async () => {
  while (!socket.destroyed && !signal.aborted) await pause(100, signal);
};

/** Lists over one connection of HTTP/1.1, and nothing is read. */
const pipelined: UserAttack = async (target, token, signal) => {
  const socket = await open(target, signal);
  socket.write(request1(path.list, token, listAll).repeat(200));
  await closed(socket, signal)();
};

/** 90 lists on streams of HTTP/2 whose window is closed. */
const unreadStreams: UserAttack = async (target, token, signal) => {
  const socket = await open(target, signal);
  const streams = Array.from({ length: 90 }, (_, at) => request2(2 * at + 1, path.list, token, listAll));
  socket.write(Buffer.concat([helloWithoutWindow, ...streams]));
  await closed(socket, signal)();
};

/** 90 lists on streams whose window is as large as can be, on a connection that is not read. */
const unreadConnection: UserAttack = async (target, token, signal) => {
  const socket = await open(target, signal);
  const streams = Array.from({ length: 90 }, (_, at) => request2(2 * at + 1, path.list, token, listAll));
  socket.write(Buffer.concat([hello, windowOf(largestWindow), roomOnConnection(largestWindow), ...streams]));
  await closed(socket, signal)();
};

/** Reads a page at one KiB a second. */
const slowReader: UserAttack = async (target, token, signal) => {
  const socket = await open(target, signal);
  socket.write(request1(path.list, token, listAll).repeat(10));
  while (!socket.destroyed && !signal.aborted) {
    socket.read(1024);
    await pause(1000, signal);
  }
};

/** Opens streams and closes them at once, as often as is allowed. */
const rapidReset: UserAttack = async (target, token, signal) => {
  const socket = await open(target, signal);
  socket.resume();
  socket.write(hello);
  const cancel = Buffer.from([0, 0, 0, 8]);
  for (let stream = 1; !socket.destroyed && !signal.aborted; stream += 2) {
    socket.write(request2(stream, path.list, token, listAll));
    socket.write(frame(frameType.rstStream, 0, stream, cancel));
    await pause(30, signal);
  }
};

/** A body in DATA frames of one byte. */
const oneByteFrames: UserAttack = async (target, token, signal) => {
  const socket = await open(target, signal);
  socket.resume();
  socket.write(Buffer.concat([hello, openRequest2(1, path.save, token)]));
  await flood(socket, Buffer.concat(Array(4096).fill(frame(frameType.data, 0, 1, Buffer.from(" ")))), signal);
};

/** Most of the largest body on 20 streams, and then a byte a second. */
const slowBodies: UserAttack = async (target, token, signal) => {
  const socket = await open(target, signal);
  socket.resume();
  socket.write(hello);
  const block = frame(frameType.data, 0, 1, Buffer.alloc(16_000, " "));
  for (let at = 0; at < 20; at += 1) socket.write(openRequest2(2 * at + 1, path.save, token));
  for (let part = 0; part < 250 && !socket.destroyed && !signal.aborted; part += 1) {
    for (let at = 0; at < 20; at += 1) {
      block.writeUInt32BE(2 * at + 1, 5);
      if (!socket.write(Buffer.from(block))) await drained(socket);
    }
    await pause(part < 245 ? 5 : 1000, signal);
  }
};

/** The largest bodies over HTTP/1.1, of which the last byte never comes. */
const unfinishedBodies: UserAttack = async (target, token, signal) => {
  const bytes = 4 * 1024 * 1024;
  const socket = await open(target, signal);
  socket.write(head1(path.save, token, `content-length: ${bytes}`));
  socket.write(Buffer.alloc(bytes - 1, " "));
  await closed(socket, signal)();
};

/** Small bodies that become the largest when they are decompressed. */
const gzipBodies: UserAttack = async (target, token, signal) => {
  const message = gzipSync(Buffer.from(`{"secrets":[${" ".repeat(4_190_000)}]}`));
  const socket = await open(target, signal);
  socket.resume();
  const head = head1(path.save, token, `content-encoding: gzip\r\ncontent-length: ${message.length}`);
  await flood(socket, Buffer.concat([Buffer.from(head), message]), signal);
};

/** Values that consist of escapes, which are slow to decode. */
const escapes: UserAttack = async (target, token, signal) => {
  const value = "\\u0041".repeat(10_900);
  const secrets = Array.from({ length: 62 }, (_, at) => `{"key":"lowly-x/${at}","value":"${value}"}`).join(",");
  const socket = await open(target, signal);
  socket.resume();
  await flood(socket, Buffer.from(request1(path.save, token, `{"secrets":[${secrets}],"validateOnly":true}`)), signal);
};

/** A batch of the largest size in which each secret has 40 readers. */
const largeBatches: UserAttack = async (target, token, signal) => {
  const slug = String((await call(target, path.whoAmI, token, {})).body.slug);
  const readers = Array.from({ length: 40 }, (_, at) => `reader-${at}`);
  for (let round = 0; !signal.aborted; round += 1) {
    const secrets = Array.from({ length: 1000 }, (_, at) => ({
      key: `${slug}/batch/${at}`,
      value: `${round}`,
      readers,
    }));
    await call(target, path.save, token, { secrets });
  }
};

/** 32 readers who read, and read again. */
const parallelReaders: UserAttack = async (target, token, signal) => {
  const read = async () => {
    while (!signal.aborted) await call(target, path.list, token, JSON.parse(listAll)).catch(() => pause(100, signal));
  };
  await Promise.all(Array.from({ length: 32 }, read));
};

/** 60 watches that are not read. */
const unreadWatches: UserAttack = async (target, token, signal) => {
  const socket = await open(target, signal);
  const message = Buffer.from(encodeEnvelope(0, Buffer.from("{}"))).toString("latin1");
  const type = "application/connect+json";
  const streams = Array.from({ length: 60 }, (_, at) => request2(2 * at + 1, path.watch, token, message, type));
  socket.write(Buffer.concat([helloWithoutWindow, ...streams]));
  await closed(socket, signal)();
};

/** Many small calls whose answers are not read. */
const unreadSmallAnswers: UserAttack = async (target, token, signal) => {
  const socket = await open(target, signal);
  const streams = Array.from({ length: 100 }, (_, at) => request2(2 * at + 1, path.whoAmI, token, "{}"));
  socket.write(Buffer.concat([helloWithoutWindow, ...streams]));
  await closed(socket, signal)();
};

/** A request whose end never comes, on as many streams as one connection may have. */
const openStreams: UserAttack = async (target, token, signal) => {
  const socket = await open(target, signal);
  socket.resume();
  const streams = Array.from({ length: 100 }, (_, at) => openRequest2(2 * at + 1, path.save, token));
  socket.write(Buffer.concat([hello, ...streams]));
  await closed(socket, signal)();
};

export const userAttacks: Readonly<Record<string, UserAttack>> = {
  "pipelined lists": several(4, pipelined),
  "lists on streams with a closed window": several(4, unreadStreams),
  "lists on a connection that is not read": several(4, unreadConnection),
  "lists read at 1 KiB/s": several(8, slowReader),
  "streams that are reset at once": several(4, rapidReset),
  "bodies in frames of one byte": several(4, oneByteFrames),
  "bodies that come slowly": several(4, slowBodies),
  "bodies that never end": several(20, unfinishedBodies),
  "bodies that gzip made small": several(4, gzipBodies),
  "values of escapes": several(2, escapes),
  "batches of 1,000 with 40 readers each": several(1, largeBatches),
  "32 parallel readers of whole pages": several(1, parallelReaders),
  "watches that are not read": several(1, unreadWatches),
  "small answers that are not read": several(10, unreadSmallAnswers),
  "requests that never end": several(10, openStreams),
};
