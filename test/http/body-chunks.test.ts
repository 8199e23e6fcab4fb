import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { inflate, readBody } from "../../src/http/call/body.ts";
import { Traffic } from "../../src/http/call/traffic.ts";

const options = {
  limitBytes: 4 * 1024 * 1024,
  framingBytes: 0,
  declared: undefined,
  smallBytes: 64 * 1024,
  traffic: new Traffic(() => {}),
  makeRoom: (_bytes: number, done: (error: unknown) => void) => done(undefined),
};

/** What `readBody` makes of chunks: the bytes, or the error. */
function read(
  chunks: readonly Buffer[],
  limitBytes = options.limitBytes,
): { error: unknown; bytes: Buffer } | undefined {
  const source = new PassThrough();
  let result: { error: unknown; bytes: Buffer } | undefined;
  readBody(source, { ...options, limitBytes }, (error, bytes) => {
    result = { error, bytes };
  });
  for (const chunk of chunks) source.emit("data", chunk);
  source.emit("end");
  return result;
}

test.for([
  [[0]],
  [[1]],
  [[3, 5]],
  [[0, 1, 0, 2, 300, 0]],
  [[70_000, 1, 1, 1]],
  [Array.from({ length: 1000 }, () => 1)],
  [Array.from({ length: 40 }, (_, at) => at * at)],
])("a body in chunks of %j bytes is whole, and each chunk stays as it was", ([sizes = []]) => {
  let next = 0;
  const chunks = sizes.map((size) => Buffer.from(Array.from({ length: size }, () => next++ % 251)));
  const before = chunks.map((chunk) => Buffer.from(chunk));
  const result = read(chunks);
  expect(result?.error).toBeUndefined();
  expect(result?.bytes.equals(Buffer.concat(before))).toBe(true);
  expect(chunks.map((chunk, at) => chunk.equals(before[at] ?? Buffer.alloc(0)))).not.toContain(false);
});

test.for([
  { sizes: [10], limit: 10, fits: true },
  { sizes: [11], limit: 10, fits: false },
  { sizes: [9, 1], limit: 10, fits: true },
  { sizes: [9, 2], limit: 10, fits: false },
  { sizes: [5, 5, 0], limit: 10, fits: true },
])("a body of $sizes bytes fits $limit: $fits", ({ sizes, limit, fits }) => {
  const result = read(
    sizes.map((size) => Buffer.alloc(size, 97)),
    limit,
  );
  expect(result?.error === undefined).toBe(fits);
  expect(result?.bytes.length).toBe(fits ? sizes.reduce((sum, size) => sum + size, 0) : 0);
});

test("fault E10: a body that ended while its caller was looked up is empty", async () => {
  const source = new PassThrough();
  source.end();
  await finished(source.resume());
  let result: { error: unknown; bytes: Buffer } | undefined;
  readBody(source, options, (error, bytes) => {
    result = { error, bytes };
  });
  expect(result).toEqual({ error: undefined, bytes: Buffer.alloc(0) });
});

test("fault E10: no bytes are not compressed, whatever the header says", () => {
  const results: unknown[] = [];
  inflate(Buffer.alloc(0), options, (error, bytes) => results.push(error, bytes.length));
  expect(results).toEqual([undefined, 0]);
});

test.for([
  { declared: 10, fits: true },
  { declared: 11, fits: false },
  { declared: 15, framing: 5, fits: true },
  { declared: 16, framing: 5, fits: false },
])(
  "fault E6: a declared length of $declared with a limit of 10 and framing fits: $fits",
  ({ declared, framing, fits }) => {
    const outcomes: unknown[] = [];
    const source = new PassThrough();
    const sizes = { ...options, limitBytes: 10, framingBytes: framing ?? 0 };
    readBody(source, { ...sizes, declared: String(declared) }, (error) => outcomes.push(error === undefined));
    // A refusal comes before a byte does.
    if (!fits) expect(outcomes).toEqual([false]);
    source.emit("data", Buffer.alloc(declared));
    source.emit("end");
    expect(outcomes).toEqual([fits]);
  },
);

test("fault A2: a body in chunks of one byte occupies little more than its bytes, and keeps no chunk alive", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const memory = () => {
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const source = new PassThrough();
  readBody(source, options, () => {});
  const count = 300_000;
  const before = memory();
  for (let at = 0; at < count; at += 1) source.emit("data", Buffer.allocUnsafeSlow(1));
  const grown = memory() - before;
  expect(grown).toBeLessThan(8 * count);
  expect(source.listenerCount("data")).toBe(1);
});

test("fault E6: a declared length of exactly the limit is taken, and one more is not", () => {
  const outcomes = [4095, 4096, 4097, 4100, 4101].map((declared) => {
    const source = new PassThrough();
    let refusal: unknown = "none";
    const limited = { ...options, limitBytes: 4096, framingBytes: 4, declared: String(declared) };
    readBody(source, limited, (error) => {
      refusal = error;
    });
    return { declared, isRefused: refusal !== "none", isRead: source.listenerCount("data") === 1 };
  });
  expect(outcomes.filter(({ isRefused }) => isRefused).map(({ declared }) => declared)).toEqual([4101]);
  expect(outcomes.filter(({ isRead }) => isRead).map(({ declared }) => declared)).toEqual([4095, 4096, 4097, 4100]);
});

test("fault E10: a declared length that is not a number says nothing, and a refused one says its size", () => {
  const refusals: unknown[] = [];
  for (const declared of ["abc", "", "-1", "1e3"]) {
    readBody(new PassThrough(), { ...options, limitBytes: 10, declared }, (error) => refusals.push(error));
  }
  // "1e3" is a number for JavaScript, and larger than the limit.
  expect(refusals).toHaveLength(1);
  expect(String(refusals[0])).toContain("the request is larger than 10 bytes after decompression: it has 1000 bytes");
});

test("fault E10: a body that has ended before anyone reads it is complete", async () => {
  const source = new PassThrough();
  source.end();
  source.resume();
  await new Promise((resolve) => source.once("end", resolve));
  const bodies: Buffer[] = [];
  readBody(source, options, (_error, bytes) => bodies.push(bytes));
  expect(bodies.map((bytes) => bytes.length)).toEqual([0]);
});

test("fault A1: a large body is read on once there is room, and not read when there is none", async () => {
  const rooms: { bytes: number; done: (error: unknown) => void }[] = [];
  const waiting = {
    ...options,
    makeRoom: (bytes: number, done: (error: unknown) => void) => void rooms.push({ bytes, done }),
  };
  const large = Buffer.alloc(65_537, 97);
  const bodyOf = (source: PassThrough, declared?: string) =>
    new Promise<{ error: unknown; length: number }>((resolve) =>
      readBody(source, { ...waiting, declared }, (error, bytes) => resolve({ error, length: bytes.length })),
    );
  const small = new PassThrough();
  const smallBody = bodyOf(small);
  small.end(Buffer.alloc(65_536));
  expect(await smallBody).toEqual({ error: undefined, length: 65_536 });
  expect(rooms).toHaveLength(0);

  const [granted, refused, declared] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const bodies = [bodyOf(granted), bodyOf(refused), bodyOf(declared, "65537")];
  for (const source of [granted, refused, declared]) {
    source.write(large.subarray(0, 65_536));
    source.end(large.subarray(65_536));
  }
  while (rooms.length < 3) await new Promise((resolve) => setImmediate(resolve));
  expect(rooms.map(({ bytes }) => bytes)).toEqual([options.limitBytes, options.limitBytes, 65_537]);
  expect([granted, refused, declared].map((source) => source.isPaused())).toEqual([true, true, true]);
  rooms[0]?.done(undefined);
  rooms[1]?.done("no room");
  rooms[2]?.done(undefined);
  expect(await Promise.all(bodies)).toEqual([
    { error: undefined, length: 65_537 },
    { error: "no room", length: 0 },
    { error: undefined, length: 65_537 },
  ]);
  // What is left of a refused body is discarded, so that the client can read its response.
  expect(refused.isPaused()).toBe(false);
});

test("fault A2: a connection over which bodies come in crumbs is dropped, and one with large pieces is not", () => {
  let dropped = 0;
  const traffic = new Traffic(() => {
    dropped += 1;
  });
  const send = (pieces: number, bytes: number) => {
    for (let at = 0; at < pieces; at += 1) traffic.piece(at, bytes);
  };
  for (let body = 0; body < 10_000; body += 1) send(1, 2);
  send(10_000, 1024);
  expect(dropped).toBe(0);
  const slow = new Traffic(() => {
    dropped += 1;
  });
  for (let at = 0; at < 508; at += 1) slow.piece(at, 1);
  expect(dropped).toBe(0);
  slow.piece(508, 1);
  expect(dropped).toBe(1);
});
