import fc from "fast-check";
import { sampleRequests } from "../support/hostile/malformed.ts";
import { flags, frame, frameType, headerBlock, hello, readFrames } from "../support/http/http2-frames.ts";
import { damaged } from "./bytes.ts";
import { exchange, type FuzzedService, requireFair } from "./service.ts";
import { defineTarget, type Target } from "./target.ts";

const stream = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 1, 3, 5) }, fc.nat(0x7fff_ffff));
const shortText = fc.string({ unit: "binary-ascii", maxLength: 10 });
const header = fc.oneof(
  fc.tuple(
    fc.constant("content-type"),
    fc.constantFrom("application/grpc", "application/grpc+json", "application/json", "application/proto", "x"),
  ),
  fc.tuple(
    fc.constantFrom("te", "grpc-encoding", "grpc-timeout", "connect-timeout-ms", "content-encoding"),
    fc.constantFrom("trailers", "gzip", "1S", "1n", "x"),
  ),
  fc.tuple(
    fc.constantFrom(":status", ":authority", ":scheme", ":x", "connection", "content-length", "cookie", "host"),
    shortText,
  ),
  fc.tuple(shortText, shortText),
);
const paths = [
  ...sampleRequests.map(({ rpc }) => rpc),
  ...[
    "/grpc.health.v1.Health/Watch",
    "/secret.v1.SecretService/WatchSecrets",
    "/healthz",
    "/secret-svc/secrets",
    "*",
    "",
  ],
];

function headers(token: string): fc.Arbitrary<Buffer> {
  const head = fc.record({
    method: fc.constantFrom("POST", "POST", "GET", "OPTIONS", "CONNECT", "x"),
    path: fc.constantFrom(...paths),
    more: fc.array(header, { maxLength: 4 }),
    isKnown: fc.boolean(),
    isWhole: fc.boolean(),
  });
  return fc
    .tuple(fc.constantFrom(1, 3, 5), fc.nat(0x2d), head)
    .map(([id, bits, { method, path, more, isKnown, isWhole }]) => {
      const block = headerBlock([
        [":method", method],
        ...(isWhole
          ? ([
              [":scheme", "http"],
              [":authority", "localhost"],
            ] as const)
          : []),
        [":path", path],
        ...(isKnown
          ? ([
              ["authorization", `Bearer ${token}`],
              ["content-type", "application/grpc"],
              ["te", "trailers"],
            ] as const)
          : []),
        ...more,
      ]);
      return frame(frameType.headers, isKnown ? flags.endHeaders | (bits & flags.endStream) : bits, id, block);
    });
}

const envelope = fc
  .tuple(fc.constantFrom(0, 1, 2, 255), fc.uint8Array({ maxLength: 40 }), fc.option(fc.nat(0xffff_ffff)))
  .map(([bits, message, length]) => {
    const head = Buffer.alloc(5);
    head.writeUInt8(bits);
    head.writeUInt32BE(length ?? message.length, 1);
    return Buffer.concat([head, message]);
  });
const data = fc
  .tuple(fc.constantFrom(1, 3, 5), fc.constantFrom(0, 1, 8, 9), fc.oneof(envelope, fc.uint8Array({ maxLength: 60 })))
  .map(([id, bits, payload]) => frame(frameType.data, bits, id, payload));
/** The identifier and the value of settings, also of those that do not exist. */
const settings = fc
  .array(fc.tuple(fc.nat(9), fc.oneof(fc.constantFrom(0, 1, 0x7fff_ffff, 0xffff_ffff), fc.nat(100_000))), {
    maxLength: 5,
  })
  .map((pairs) => {
    const payload = Buffer.alloc(6 * pairs.length);
    for (const [index, [id, value]] of pairs.entries()) {
      payload.writeUInt16BE(id, 6 * index);
      payload.writeUInt32BE(value, 6 * index + 2);
    }
    return frame(frameType.settings, 0, 0, payload);
  });
const any = fc.tuple(fc.nat(12), fc.nat(255), stream, fc.uint8Array({ maxLength: 40 })).map((parts) => frame(...parts));

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

export function createHttp2Target(service: FuzzedService): Target {
  const one = fc.oneof(
    { weight: 4, arbitrary: headers(service.server.adminToken) },
    { weight: 4, arbitrary: data },
    { weight: 1, arbitrary: settings },
    { weight: 2, arbitrary: any },
  );
  const conversation = fc.array(one, { minLength: 1, maxLength: 6 }).map((frames) => Buffer.concat(frames));
  return defineTarget({
    name: "http2",
    share: 13,
    atOnce: 32,
    input: damaged(conversation).map((bytes) => Buffer.concat([hello, bytes])),
    async check(bytes) {
      const received = await exchange(service, bytes);
      const text = Buffer.from(bytes).toString("latin1");
      requireFair(statusesOf(received), [
        ...(/timeout/.test(text) ? [504] : []),
        ...(/encoding/.test(text) ? [501] : []),
      ]);
    },
  });
}
