import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFinder, createScanner, type Finder } from "../../src/cli/git/find-values.ts";
import { needlesOf } from "../../src/cli/git/needles.ts";
import { checkRandom } from "../support/random-draws.ts";

/** Looks through a text that comes in parts of a size. */
function scan(finder: Finder, text: Buffer, partBytes: number) {
  const scanner = createScanner(finder, 10_000);
  for (let at = 0; at < text.length; ) {
    const copied = text.copy(scanner.room(), 0, at, Math.min(at + partBytes, text.length));
    scanner.took(copied);
    at += copied;
  }
  return scanner.finish();
}

function slowly(values: readonly string[], text: string): string[] {
  return values.flatMap((value, i) => {
    const found: string[] = [];
    for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1)) found.push(`${i}@${at}`);
    return found;
  });
}

describe("finding values", () => {
  test("finds values that are bytes, plain and in base64", () => {
    const value = Buffer.from([0, 255, 1, 254, 2, 253, 3, 252, 4]);
    const finder = createFinder(needlesOf({ key: "K", value }));
    for (const text of [value, Buffer.from(`cert: ${value.toString("base64")}\n`)]) {
      expect(scan(finder, text, 5).map(({ key }) => key)).toEqual(["K"]);
    }
  });

  test("finds what a search for one after another finds, also across the ends of parts", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "1"), minLength: 8, maxLength: 14 });
    const values = fc.uniqueArray(letters, { minLength: 1, maxLength: 12 });
    const noise = fc.string({ unit: fc.constantFrom("a", "b", "1", "\n"), maxLength: 60 });
    checkRandom(
      fc.property(values, fc.array(fc.tuple(noise, fc.nat())), fc.integer({ min: 1, max: 40 }), (some, parts, size) => {
        const text = parts.map(([before, which]) => before + (some[which % some.length] ?? "")).join("");
        const needles = some.map((value, i) => ({ key: String(i), form: "plain" as const, bytes: Buffer.from(value) }));
        const found = scan(createFinder(needles), Buffer.from(text), size).map(({ key, at }) => `${key}@${at}`);
        expect(found.sort()).toEqual(slowly(some, text).sort());
      }),
      300,
    );
  });

  test("finds a value at the end of one part of four megabytes and the beginning of the next", () => {
    const [needle] = needlesOf({ key: "K", value: "long-enough-value" });
    if (needle === undefined) throw new Error("there is no needle");
    const finder = createFinder([needle]);
    for (const before of [4 * 1024 * 1024 - 5, 4 * 1024 * 1024 + finder.overlap - 5, 8 * 1024 * 1024 - 1]) {
      const text = Buffer.concat([Buffer.alloc(before, "x"), needle.bytes, Buffer.alloc(100, "y")]);
      expect(scan(finder, text, 1_000_003)).toEqual([{ key: "K", form: "plain", at: before }]);
    }
  });

  const value = 'p@ss/w"örd\\ & <1>+?~';
  test.each([
    ["plain", value],
    ["JSON-escaped", JSON.stringify({ value })],
    ["JSON-escaped", '"p@ss\\/w\\"\\u00f6rd\\\\ & <1>+?~"'],
    ["JSON-escaped", '"p@ss/w\\"örd\\\\ \\u0026 \\u003c1\\u003e+?~"'],
    ["URL-encoded", `postgres://u:${encodeURIComponent(value)}@h`],
    ["URL-encoded", new URLSearchParams({ value }).toString()],
    ["URL-encoded", encodeURIComponent(value).toLowerCase()],
    ["base64", Buffer.from(value).toString("base64")],
    ["base64", Buffer.from(value).toString("base64url")],
    ["base64", Buffer.from(`u:${value}`).toString("base64")],
    ["base64", Buffer.from(`a:${value}:end`).toString("base64url")],
    ["base64", Buffer.from(`{"password":"${value}"}`).toString("base64")],
  ])("finds it %s in %j", (form, text) => {
    const found = scan(createFinder(needlesOf({ key: "K", value })), Buffer.from(`before ${text} after`), 64);
    expect(found.map((match) => match.form)).toEqual([form]);
  });

  test("does not find its parts", () => {
    const finder = createFinder(needlesOf({ key: "K", value: "abcdefgh" }));
    expect(scan(finder, Buffer.from("abcdefg abcdefgx bcdefgh ABCDEFGH YWJjZGVm"), 1000)).toEqual([]);
  });
});
