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
