import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isDefaultKey, isWeakKey, KeyTextError, parseKeyText } from "../../src/crypto/key-text.ts";
import { checkRandom } from "../support/random-draws.ts";

const canary = "Zq7vCanary0123456789";

describe("key text", () => {
  test("threat 28: 44 characters of base64 are 32 bytes", () => {
    checkRandom(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (raw) => {
        const key = Buffer.from(raw);
        expect(parseKeyText(key.toString("base64"))).toEqual({ key, form: "base64" });
        expect(parseKeyText(key.toString("hex"))).toEqual({ key, form: "hex" });
        expect(parseKeyText(key.toString("hex").toUpperCase())).toEqual({ key, form: "hex" });
      }),
    );
  });

  test("threat 28: exactly 32 printable characters are their bytes", () => {
    const text = "changeMeToSomethingSecureForReal";
    expect(parseKeyText(text)).toEqual({ key: Buffer.from(text), form: "characters" });
    expect(parseKeyText(`${"~".repeat(31)} `).form).toBe("characters");
    // 32 hex digits or base64 characters are characters: half a key must not pass for a whole one.
    expect(parseKeyText("0123456789abcdef".repeat(2)).form).toBe("characters");
  });

  const nonCanonical = `${"A".repeat(42)}B=`;
  const urlSafe = `${"A".repeat(41)}-_=`;
  test.each([
    ["", "got nothing"],
    ["A", "got 1 character,"],
    ["A".repeat(31), "got 31 characters, all hex digits"],
    ["z".repeat(33), "got 33 characters, all base64"],
    ["!".repeat(33), "got 33 characters of printable ASCII"],
    ["é".repeat(32), "got 32 characters, some of them not printable ASCII"],
    [`${"a".repeat(31)}\u007f`, "not printable ASCII"],
    [`${"a".repeat(31)}\u0000`, "not printable ASCII"],
    ["0".repeat(63), "got 63 characters, all hex digits"],
    ["0".repeat(65), "got 65 characters, all hex digits"],
    [`${"0".repeat(63)}g`, "got 64 characters, all base64"],
    [`0x${"0".repeat(62)}`, "got 64 characters"],
    ["A".repeat(43), "got 43 characters"],
    ["A".repeat(44), "got 44 characters"],
    [`${"A".repeat(42)}==`, "got 44 characters"],
    [nonCanonical, "got 44 characters of base64 that is not canonical"],
    [urlSafe, "URL-safe base64, which is not accepted"],
    [`${"A".repeat(43)}=\n`, "got 45 characters with a line break at the end"],
    [`${"A".repeat(31)}\n`, "got 32 characters with a line break at the end"],
    [` ${"A".repeat(43)}=`, "got 45 characters with white space at the start or the end"],
    [Buffer.alloc(33, 1).toString("base64"), "got 44 characters"],
    [Buffer.alloc(31, 1).toString("base64"), "got 44 characters"],
  ])("threat 28: %j is refused and described", (text, shape) => {
    expect(() => parseKeyText(text)).toThrow(KeyTextError);
    expect(() => parseKeyText(text)).toThrow(shape);
  });

  test("threat 79: the error never holds the key or a part of it", () => {
    for (const text of [canary, `${canary}\n`, ` ${canary}`, `${canary}é`, `${canary}/+=`, canary.repeat(4)]) {
      expect(() => parseKeyText(text)).toThrow(KeyTextError);
      expect(() => parseKeyText(text)).not.toThrow(/Canary|Zq7v/);
    }
  });

  test("only the old default is the default key", () => {
    expect(isDefaultKey(Buffer.from("changeMeToSomethingSecureForReal"))).toBe(true);
    expect(isDefaultKey(Buffer.from("changeMeToSomethingSecureForRea1"))).toBe(false);
    expect(isDefaultKey(Buffer.from("changeMeToSomethingSecureForReal "))).toBe(false);
    expect(isDefaultKey(Buffer.of())).toBe(false);
    expect(isDefaultKey(randomBytes(32))).toBe(false);
  });
});

describe("keys that are easy to guess", () => {
  const count = (from: number, step: number) => Buffer.from(Array.from({ length: 32 }, (_, at) => from + at * step));
  test.each([
    ["the default one", Buffer.from("changeMeToSomethingSecureForReal")],
    ["zeros", Buffer.alloc(32)],
    ["one digit", Buffer.from("1".repeat(32))],
    ["a word again and again", Buffer.from("password12".repeat(4).slice(0, 32))],
    ["two halves that are the same", Buffer.from("0f1e2d3c4b5a69780f1e2d3c4b5a6978")],
    ["a count", count(1, 1)],
    ["a count down", count(200, -3)],
    ["the digits in turn", Buffer.from("0123456789".repeat(4).slice(0, 32))],
  ])("%s", (_name, key) => {
    expect(isWeakKey(key)).toBe(true);
  });

  test("random bytes and random text are not", () => {
    for (let run = 0; run < 1000; run += 1) {
      expect(isWeakKey(randomBytes(32))).toBe(false);
      expect(isWeakKey(Buffer.from(randomBytes(24).toString("base64")))).toBe(false);
    }
  });
});
