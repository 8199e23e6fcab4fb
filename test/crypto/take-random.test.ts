import { expect, test } from "vitest";
import { takeRandom } from "../../src/crypto/take-random.ts";

test("random bytes are of the length that is asked for, and never the same twice", () => {
  const seen = new Set<string>();
  for (let at = 0; at < 2000; at += 1) {
    const bytes = takeRandom(16 + (at % 50));
    expect(bytes).toHaveLength(16 + (at % 50));
    seen.add(bytes.toString("hex", 0, 16));
  }
  expect(seen.size).toBe(2000);
  expect(takeRandom(4096).equals(takeRandom(4096))).toBe(false);
  expect(() => takeRandom(4097)).toThrow("at most 4096 random bytes at a time, not 4097");
});

test("what is handed out is a copy: the next ones do not change it", () => {
  const first = takeRandom(32);
  const before = first.toString("hex");
  for (let at = 0; at < 300; at += 1) takeRandom(32).fill(0);
  expect(first.toString("hex")).toBe(before);
  // Every bit is set in some of them.
  const all = Buffer.alloc(32);
  for (let at = 0; at < 300; at += 1)
    for (const [place, byte] of takeRandom(32).entries()) all[place] = (all[place] ?? 0) | byte;
  expect(all.every((byte) => byte === 255)).toBe(true);
});
