import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { selfTestCrypto } from "../../src/crypto/self-test.ts";

const source = new URL("../support/crypto/salt-source.ts", import.meta.url);

test("threat 109: passes here, and fails with random numbers that repeat, are constant, or are few", () => {
  expect(() => selfTestCrypto()).not.toThrow();
  const once = randomBytes(32);
  let count = 0;
  const counter = () => {
    count += 1;
    return Buffer.alloc(32, count);
  };
  const broken = [() => once, () => Buffer.alloc(32), counter, () => randomBytes(16)];
  for (const random of broken)
    expect(() => selfTestCrypto(random)).toThrow("the random number generator of this machine");
});

test("threat 109: threads and processes that seal the same message never share a salt", async () => {
  const thread = async () => (await once(new Worker(source), "message"))[0] as string[];
  const run = async () => JSON.parse((await promisify(execFile)(process.execPath, [fileURLToPath(source)])).stdout);
  const salts = (await Promise.all([thread(), thread(), run(), run()])).flat();
  expect(salts).toHaveLength(2_000);
  expect(new Set(salts).size).toBe(2_000);
});
