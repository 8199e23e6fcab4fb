import { globSync, readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { randomRuns } from "./support/random-draws.ts";
import { isRandom } from "./support/vitest/fast-tests.ts";
import { filesOf } from "./support/vitest/projects.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Draws that nothing multiplies in `npm run test:random`. */
const ownDraws = /\bfc\s*\.\s*(?:assert|check|sample|statistics)\b|\bMath\.random\b|\brandomInt\b/;
const otherImports = /^import (?!fc from|type )[^;]*"fast-check";|^(?:const|let) [^=;]*= fc;/m;

const drawsOnItsOwn = (source: string) => ownDraws.test(source) || otherImports.test(source);

/** What draws and is not a random test. */
const others: readonly string[] = [
  // Suites of their own, which take how much they draw as an option.
  "test/fuzz/**",
  "test/mutants/**",
  // Which of many like names is measured next, and in which order.
  "test/timing/**",
  "test/support/timing/**",
  // A port that may be free.
  "test/support/mongo/free-port.ts",
  "test/support/random-draws.ts",
  "test/random-tests.test.ts",
];

test("no test draws random inputs but through test/support/random-draws.ts", () => {
  const files = globSync("test/**/*.ts", { exclude: [...others] }).sort();
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => drawsOnItsOwn(readFileSync(file, "utf8")))).toEqual([]);
});

test.each([
  ["fc.assert(property);", true],
  ["await fc.assert(property, { numRuns: 20 });", true],
  ["const inputs = fc.sample(fc.nat(), 5);", true],
  ["const { assert } = fc;", true],
  ['import { assert } from "fast-check";', true],
  ['import * as check from "fast-check";', true],
  ['import fc, { assert } from "fast-check";', true],
  ['import fc from "fast-check";\nfc.property(fc.nat(), () => true);', false],
  ['import type { Arbitrary } from "fast-check";', false],
  ["const at = Math.floor(Math.random() * 80);", true],
  ['import { randomInt } from "node:crypto";', true],
])("%s: %s", (source, isFound) => {
  expect(drawsOnItsOwn(source)).toBe(isFound);
});

test("`npm run test:random` runs every file that draws, found by its imports", () => {
  const found = new Set((["sqlite", "mongodb"] as const).flatMap((store) => filesOf("random", store).include));
  const files = globSync("test/**/*.test.ts", { exclude: ["test/programs/*/**", ...others] }).filter(isRandom);
  expect(files.filter((file) => !found.has(file))).toEqual([]);
  // Itself, through a helper, and through a suite.
  for (const file of ["test/rules/grants.test.ts", "test/secrets/model.test.ts", "test/store/sqlite.test.ts"]) {
    expect(files).toContain(file);
  }
});

test("`npm run test:random` draws at least ten times as many", () => {
  vi.stubEnv("RANDOM_TIMES", undefined);
  expect([randomRuns(25), randomRuns(25, 40)]).toEqual([25, 25]);
  vi.stubEnv("RANDOM_TIMES", "1");
  expect([randomRuns(25), randomRuns(25, 40)]).toEqual([250, 1000]);
  vi.stubEnv("RANDOM_TIMES", "3");
  expect(randomRuns(25)).toBe(750);
  expect(() => randomRuns(25, 9)).toThrow(RangeError);
});
