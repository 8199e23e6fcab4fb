import { describe, expect, test } from "vitest";
import {
  folderPattern,
  isSecretId,
  keyForm,
  keyProblem,
  namespaceOf,
  slugForm,
  slugProblem,
  utf8Bytes,
} from "../../src/text/key-grammar.ts";

describe("a key", () => {
  test.each(["A", "a/B", "prod/db/main-url", "a.b", "...", "..a", ".env", "a+b=c@d-e_f", "1/2/3/4/5/6/7/8"])(
    "may be %s",
    (key) => {
      expect(keyProblem(key)).toBeUndefined();
      expect(keyForm.test(key)).toBe(true);
    },
  );

  test.each([
    ["", "must not be empty"],
    ["a//b", "must not have an empty segment"],
    ["/a", "must not have an empty segment"],
    ["a/", "must not have an empty segment"],
    ["a/./b", "must not have '.' or '..' as a segment"],
    ["..", "must not have '.' or '..' as a segment"],
    ["a b", "may only contain"],
    ["a/é", "may only contain"],
    ["a\n", "may only contain"],
  ])("may not be %j: it %s", (key, rule) => {
    expect(keyProblem(key)?.rule).toContain(rule);
    expect(keyForm.test(key)).toBe(false);
  });

  test("has 255 bytes and 8 segments at most", () => {
    expect(keyProblem("k".repeat(255))).toBeUndefined();
    expect(keyProblem("k".repeat(256))).toEqual({ rule: "must be at most 255 bytes", limit: 255, actual: 256 });
    expect(keyProblem("é".repeat(256))).toMatchObject({ limit: 255, actual: 512 });
    expect(keyProblem("1/2/3/4/5/6/7/8/9")).toEqual({ rule: "must have at most 8 segments", limit: 8, actual: 9 });
    expect(keyForm.test("1/2/3/4/5/6/7/8/9")).toBe(false);
  });

  test("has a namespace before its first '/'", () => {
    expect(["a", "a/b", "a/b/c"].map(namespaceOf)).toEqual([undefined, "a", "a"]);
  });

  test("has a pattern for its folder, as long as that is not too long", () => {
    expect(["a", "a/b", "a/b/c"].map(folderPattern)).toEqual(["a", "a/*", "a/b/*"]);
    const folder = "f".repeat(253);
    expect(folderPattern(`${folder}/k`)).toBe(`${folder}/*`);
    expect(folderPattern(`${folder}f/k`)).toBe(`${folder}f/k`);
  });
});

describe("a slug", () => {
  test("has small letters and digits, in groups", () => {
    for (const slug of ["a", "a-b", "a1-2b", "s".repeat(64)]) expect(slugProblem(slug)).toBeUndefined();
    for (const slug of ["A", "a--b", "-a", "a-", "a_b", "é"]) {
      expect(slugProblem(slug)?.rule).toContain("must be a-z and 0-9");
      expect(slugForm.test(slug)).toBe(false);
    }
    expect(slugProblem("")).toEqual({ rule: "must not be empty" });
    expect(slugProblem("s".repeat(65))).toEqual({ rule: "must be at most 64 bytes", limit: 64, actual: 65 });
  });
});

test("an id begins with secr_", () => {
  expect(["secr_a", "secr_A_1"].map(isSecretId)).toEqual([true, true]);
  expect(["secr_", "secr_a-b", "xsecr_a", "SECR_a", "secr_a\n"].map(isSecretId)).toEqual(Array(5).fill(false));
});

test("bytes are those of UTF-8", () => {
  expect(["", "a", "é", "\u{1f511}"].map(utf8Bytes)).toEqual([0, 1, 2, 4]);
});
