import { describe, expect, test } from "vitest";
import { matchClaims, type PlainValue, parseClaimPattern } from "../../src/jwt/claim-pattern.ts";

/** The captured values, or undefined when the claims do not fit. */
function match(pattern: PlainValue, claims: unknown): Record<string, readonly string[]> | undefined {
  const captures = matchClaims(parseClaimPattern(pattern), claims);
  return captures && Object.fromEntries([...captures].map(([name, { values }]) => [name, values]));
}

describe("claims", () => {
  test.each<[PlainValue, unknown, boolean]>([
    [{ a: "x" }, { a: "x", b: "y" }, true],
    [{ a: "x" }, { a: "xx" }, false],
    [{ a: "x" }, { a: "X" }, false],
    [{ a: "x" }, {}, false],
    [{ a: "x", b: "y" }, { a: "x" }, false],
    [{ a: ["x", "y"] }, { a: "y" }, true],
    [{ a: ["x", "y"] }, { a: "z" }, false],
    [{ a: "x" }, { a: ["z", "x"] }, true],
    [{ a: "x" }, { a: [["x"]] }, false],
    [{ a: "x" }, { a: [] }, false],
    [{ a: "refs/heads/*" }, { a: "refs/heads/release/1" }, true],
    [{ a: "refs/heads/*" }, { a: "refs/tags/1" }, false],
    [{ a: "a.b" }, { a: "axb" }, false],
    [{ a: "true" }, { a: true }, true],
    [{ a: "true" }, { a: false }, false],
    [{ a: "1" }, { a: 1 }, true],
    [{ a: "1" }, { a: 1.5 }, false],
    [{ a: "9007199254740992" }, { a: 2 ** 53 }, false],
    [{ a: "12*" }, { a: [7, 123] }, true],
    [{ a: "null" }, { a: null }, false],
    [{ a: "*" }, { a: {} }, false],
    [{ a: { b: { c: "x" } } }, { a: { b: { c: "x" } } }, true],
    [{ a: { b: "x" } }, { a: [{ b: "x" }] }, false],
    [{ a: { b: "x" } }, { a: "b" }, false],
    [{ constructor: { name: "Object" } }, {}, false],
    [{ toString: "*" }, {}, false],
    [{ length: "1" }, ["x"], false],
  ])("%j and %j", (pattern, claims, fits) => {
    expect(match(pattern, claims) !== undefined).toBe(fits);
  });

  test("give slugs to variables, and only whole ones", () => {
    expect(match({ sub: "system:serviceaccount:{ns}:{name}" }, { sub: "system:serviceaccount:a-b:c" })).toEqual({
      ns: ["a-b"],
      name: ["c"],
    });
    for (const sub of [
      "repo:acme/A",
      "repo:acme/a.b",
      "repo:acme/a/b",
      "repo:acme/",
      "repo:acmex/a",
      "xrepo:acme/a",
      1,
    ]) {
      expect(match({ sub: "repo:acme/{repo}" }, { sub })).toBeUndefined();
    }
    expect(match({ sub: "a.c/{x}" }, { sub: "abc/x" })).toBeUndefined();
    expect(match({ sub: "a+(b|c)[d]\\^$?/{x}" }, { sub: "a+(b|c)[d]\\^$?/y" })).toEqual({ x: ["y"] });
  });

  test("that are lists give every entry that fits", () => {
    expect(match({ groups: "team/{team}" }, { groups: ["team/a", "x", "team/B", 3, "team/b-c"] })).toEqual({
      team: ["a", "b-c"],
    });
    expect(match({ groups: "{g}" }, { groups: ["A"] })).toBeUndefined();
  });
});

test.each<[PlainValue, string]>([
  ["", " must not be empty"],
  [{ a: "" }, ".a must not be empty"],
  [{}, " must name at least one claim"],
  [{ a: {} }, ".a must name at least one claim"],
  [{ a: [] }, ".a must not be empty"],
  [{ a: [["x"]] }, ".a[0] must be a text"],
  [{ a: ["{x}", "y"] }, ".a[0] must not have a {variable}"],
  [{ a: "{x" }, ".a has an unmatched '{' or '}'"],
  [{ a: "{}" }, ".a has a {variable} whose name"],
  [{ a: "{a-b}" }, ".a has a {variable} whose name"],
  [{ a: "{x}{y}" }, ".a must have a character that no slug has"],
  [{ a: "{x}-to-{y}" }, ".a must have a character that no slug has"],
  [{ a: "*/{x}" }, ".a must not have both '*' and a {variable}"],
])("%j is not a pattern", (pattern, message) => {
  expect(() => parseClaimPattern(pattern)).toThrow(message);
});
