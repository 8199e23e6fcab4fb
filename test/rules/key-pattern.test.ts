import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { globOf, keyPatternFailure } from "../../src/rules/key-pattern.ts";
import { globMatches } from "../../src/text/glob.ts";
import { checkRandom } from "../support/random-draws.ts";

/** The same question, asked of a regular expression. Only for the short globs of this test. */
function matchesAsExpression(glob: string, key: string): boolean {
  const parts = glob.split("*").map((part) => part.replace(/[^A-Za-z0-9]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(key);
}

describe("globs", () => {
  test.each([
    ["*", "alice/A", true],
    ["alice/*", "alice/B/c", true],
    ["*/A", "alice/A", true],
    ["a*c*e", "alice/e", true],
    ["alice", "alice/A", false],
    ["alice/*", "alice", false],
    ["ALICE/*", "alice/A", false],
    ["a.c", "abc", false],
    ["*ab", "aab", true],
    ["a*a", "a", false],
    ["", "", true],
    ["", "a", false],
  ])("%s on %s", (glob, key, matches) => {
    expect(globMatches(glob, key)).toBe(matches);
  });

  test("agree with a regular expression", () => {
    const glob = fc.string({ unit: fc.constantFrom("a", "b", ".", "/", "+", "*"), maxLength: 8 });
    const key = fc.string({ unit: fc.constantFrom("a", "b", ".", "/", "+"), maxLength: 12 });
    checkRandom(
      fc.property(glob, key, (pattern, text) => globMatches(pattern, text) === matchesAsExpression(pattern, text)),
      5_000,
      20,
    );
  });
});

describe("key patterns", () => {
  test.each([
    ["", undefined],
    ["DATABASE", "*DATABASE*"],
    ["a*b", "a*b"],
    ["a***b", "a*b"],
    ["**", "*"],
  ])("%j is the glob %s", (pattern, glob) => {
    expect(globOf(pattern)).toBe(glob);
  });

  test.each(["a", "*", "a/b*", "a.+=@-_"])("%s is taken", (pattern) => {
    expect(keyPatternFailure(pattern)).toBeUndefined();
  });

  test.each(["(a+)+$", "^a", "a?", "[a]", "a|b", "a b", "é", "a\n", "\\d", "{$regex}", "'"])(
    "threat 56: %j is refused, not read as an expression",
    (pattern) => {
      expect(keyPatternFailure(pattern)).toMatchObject({ reason: "INVALID_FIELD", field: "keyPattern" });
    },
  );

  test("the length is capped, and the error gives it", () => {
    expect(keyPatternFailure("a".repeat(255))).toBeUndefined();
    expect(keyPatternFailure("a".repeat(256))).toMatchObject({ reason: "LIMIT_EXCEEDED", limit: 255, actual: 256 });
  });
});
