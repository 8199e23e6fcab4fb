import fc from "fast-check";
import { sampleRequests } from "../support/hostile/malformed.ts";
import { flags, frame, frameType, headerBlock, hello, readFrames } from "../support/http/http2-frames.ts";
import { damaged } from "./bytes.ts";
import { exchange, type FuzzedService, requireFair } from "./service.ts";
import { defineTarget, each, type Target } from "./target.ts";

const visible = fc.stringMatching(/^[!-~]{0,10}$/);
const usualHeader = fc.oneof(
  fc.tuple(fc.constant("te"), fc.constant("trailers")),
  fc.tuple(fc.constant("grpc-encoding"), fc.constantFrom("gzip", "identity", "x")),
  fc.tuple(fc.constantFrom("grpc-timeout", "connect-timeout-ms"), fc.constantFrom("1S", "1n", "1", "x")),
  fc.tuple(fc.constant("content-encoding"), fc.constantFrom("gzip", "x")),
  fc.tuple(fc.constantFrom("cookie", "origin", "forwarded"), visible),
  fc.tuple(fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/), visible),
);
const strangeHeader = fc.tuple(
  fc.constantFrom(":status", ":authority", ":x", ":path", "connection", "content-length", "host", "X", "\0", ""),
  visible,
);
const header = fc.oneof({ weight: 12, arbitrary: usualHeader }, { weight: 1, arbitrary: strangeHeader });
const types = [
  "application/grpc",
  "application/grpc+proto",
  "application/grpc+json",
  "application/json",
  "application/proto",
  "x",
];
const paths = [
  ...sampleRequests.map(({ rpc }) => rpc),
  ...["/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch", "/secret.v1.SecretService/WatchSecrets"],
  ...["/healthz", "/secret-svc/secrets", "*", "/"],
];

/** The header block of a request, in one frame or in two. */
function headers(token: string): fc.Arbitrary<(stream: number) => Buffer> {
  const parts = fc.record({
    method: fc.constantFrom("POST", "POST", "POST", "GET", "OPTIONS", "CONNECT", "x"),
    path: fc.constantFrom(...paths),
    type: fc.constantFrom(...types),
    more: fc.array(header, { maxLength: 4 }),
    isKnown: fc.boolean(),
    isWhole: fc.nat(15).map((one) => one > 0),
    ends: fc.nat(5).map((one) => one === 0),
    cut: fc.option(fc.nat(60), { freq: 4 }),
  });
  return parts.map(({ method, path, type, more, isKnown, isWhole, ends, cut }) => (stream) => {
    const block = headerBlock([
      [":method", method],
      ...(isWhole
        ? ([
            [":scheme", "http"],
            [":authority", "localhost"],
          ] as const)
        : []),
      [":path", path],
      ["content-type", type],
      ...(isKnown ? ([["authorization", `Bearer ${token}`]] as const) : []),
      ...more,
    ]);
    const end = ends ? flags.endStream : 0;
    if (cut === null) return frame(frameType.headers, flags.endHeaders | end, stream, block);
    const rest = frame(frameType.continuation, flags.endHeaders, stream, block.subarray(cut));
    return Buffer.concat([frame(frameType.headers, end, stream, block.subarray(0, cut)), rest]);
  });
}

const envelope = fc
  .tuple(
    fc.constantFrom(0, 0, 0, 1, 2, 255),
    fc.uint8Array({ maxLength: 40 }),
    fc.option(fc.nat(0xffff_ffff), { freq: 5 }),
  )
  .map(([bits, message, length]) => {
    const head = Buffer.alloc(5);
    head.writeUInt8(bits);
    head.writeUInt32BE(length ?? message.length, 1);
    return Buffer.concat([head, message]);
  });
/** Data of a stream. The first byte of padded data is the length of its padding. */
const data = fc.tuple(fc.constantFrom(0, 1, 1, 8, 9), fc.oneof(envelope, fc.uint8Array({ maxLength: 60 }))).map(
  ([bits, payload]) =>
    (stream: number) =>
      frame(frameType.data, bits, stream, payload),
);
const trailers = fc
  .array(header, { maxLength: 2 })
  .map((all) => (stream: number) => frame(frameType.headers, 5, stream, headerBlock(all)));
const reset = fc.nat(20).map((code) => (stream: number) => frame(frameType.rstStream, 0, stream, uint32(code)));
/** What may come between the frames of a stream: settings, windows, pings, and frames of any kind. */
const settings = fc
  .array(fc.tuple(fc.nat(9), fc.oneof(fc.constantFrom(0, 1, 0x7fff_ffff, 0xffff_ffff), fc.nat(100_000))), {
    maxLength: 5,
  })
  .map((pairs) =>
    frame(
      frameType.settings,
      0,
      0,
      Buffer.concat(pairs.map(([id, value]) => Buffer.concat([Buffer.from([0, id]), uint32(value)]))),
    ),
  );
const window = fc
  .tuple(fc.constantFrom(0, 1, 3), fc.nat(0x7fff_ffff))
  .map(([stream, more]) => frame(8, 0, stream, uint32(more)));
const ping = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => frame(frameType.ping, 0, 0, bytes));
const any = fc
  .tuple(
    fc.nat(12),
    fc.nat(255),
    fc.oneof(fc.constantFrom(0, 1, 3, 5), fc.nat(0x7fff_ffff)),
    fc.uint8Array({ maxLength: 40 }),
  )
  .map((parts) => frame(...parts));
const between = fc.option(
  fc.oneof(
    { weight: 2, arbitrary: settings },
    { weight: 2, arbitrary: window },
    { weight: 2, arbitrary: ping },
    { weight: 1, arbitrary: any },
  ),
  { freq: 8 },
);

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The status of each answer, where the header block names it in the usual way. Others are 0. */
export function statusesOf(received: Buffer): number[] {
  const static_ = new Map([200, 204, 206, 304, 400, 404, 500].map((status, at) => [0x88 + at, status]));
  return readFrames(received)
    .filter(({ type }) => type === frameType.headers)
    .map(({ payload }) => {
      const first = payload[0] ?? 0;
      const known = static_.get(first);
      if (known !== undefined) return known;
      const isStatus = first === 0x48 || first === 0x08;
      const text = payload.subarray(2, 2 + ((payload[1] ?? 0) & 0x7f));
      if (!isStatus) return 0;
      return Number((payload[1] ?? 0) < 0x80 ? text.toString("latin1") : digitsOf(text));
    });
}

/** Digits in the Huffman code of HPACK: 0 to 2 have five bits, the others six. */
function digitsOf(bytes: Uint8Array): string {
  let bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  let digits = "";
  while (bits.length >= 5 && !/^1+$/.test(bits)) {
    const short = Number.parseInt(bits.slice(0, 5), 2);
    const digit = short <= 2 ? short : Number.parseInt(bits.slice(0, 6), 2) - 0x19 + 3;
    digits += digit;
    bits = bits.slice(short <= 2 ? 5 : 6);
  }
  return digits;
}

/** A client's side of a connection: its preface, and frames. */
export function http2Inputs(token: string): fc.Arbitrary<Uint8Array> {
  const last = fc.option(fc.oneof(trailers, reset), { freq: 3 });
  const calls = fc.array(fc.tuple(headers(token), fc.array(data, { maxLength: 2 }), last, between), {
    minLength: 1,
    maxLength: 4,
  });
  const conversation = calls.map((all) =>
    Buffer.concat(
      all.flatMap(([head, bodies, end, other], index) => {
        const stream = 2 * index + 1;
        const frames = [head, ...bodies, ...(end === null ? [] : [end])].map((make) => make(stream));
        return other === null ? frames : [...frames, other];
      }),
    ),
  );
  const bytes = fc.oneof({ weight: 3, arbitrary: conversation }, { weight: 1, arbitrary: damaged(conversation) });
  return bytes.map((sent) => Buffer.concat([hello, sent]));
}

export function createHttp2Target(service: FuzzedService): Target {
  return defineTarget({
    name: "http2",
    share: 7,
    atOnce: 256,
    input: http2Inputs(service.server.adminToken),
    check: each(async (bytes) => {
      const received = await exchange(service, bytes);
      const text = Buffer.from(bytes).toString("latin1");
      requireFair(statusesOf(received), [
        ...(/timeout/.test(text) ? [504] : []),
        ...(/encoding/.test(text) ? [501] : []),
      ]);
    }),
  });
}
