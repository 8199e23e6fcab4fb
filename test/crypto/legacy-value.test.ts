import { createCipheriv, createSecretKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { openLegacyValue, parseLegacyValue } from "../../src/crypto/legacy-value.ts";

const raw = Buffer.alloc(32, 5);
const key = createSecretKey(raw);
const iv = Buffer.alloc(16, 9);

function encrypt(plaintext: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-cbc", raw, iv);
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final()]);
}

const open = (plaintext: Buffer) => openLegacyValue(key, encrypt(plaintext));

describe("the text of an old value", () => {
  test.each([32, 48, 64, 16 + 65_536 + 16])("of %i bytes is taken", (length) => {
    const bytes = Buffer.alloc(length, 200);
    expect(parseLegacyValue(bytes.toString("base64"))).toEqual(bytes);
  });

  test.each([0, 1, 15, 16, 31, 33, 47, 16 + 65_536 + 32])("of %i bytes is refused", (length) => {
    expect(parseLegacyValue(Buffer.alloc(length, 200).toString("base64"))).toBeUndefined();
  });

  test("has one spelling", () => {
    const text = Buffer.alloc(32, 200).toString("base64");
    expect(text.endsWith("=")).toBe(true);
    for (const other of [text.slice(0, -1), `${text}=`, ` ${text}`, `${text}\n`, text.replaceAll("=", "")]) {
      expect(parseLegacyValue(other)).toBeUndefined();
    }
    // The last character before the padding has two bits that mean nothing.
    expect(parseLegacyValue(`${text.slice(0, -2)}${text.at(-2) === "h" ? "i" : "h"}=`)).toBeUndefined();
    expect(parseLegacyValue(Buffer.alloc(32, 251).toString("base64url"))).toBeUndefined();
  });
});

describe("an old value", () => {
  test("opens with its key", () => {
    for (const text of ["x", "größe \u{1f511}", "a".repeat(65_536)]) expect(open(Buffer.from(text))).toBe(text);
  });

  test("is refused when it is empty, too long, or not text", () => {
    expect(open(Buffer.alloc(0))).toBeUndefined();
    expect(open(Buffer.alloc(65_537, 97))).toBeUndefined();
    expect(open(Buffer.of(0xff, 0xfe))).toBeUndefined();
  });

  test("is refused with wrong padding", () => {
    const bytes = encrypt(Buffer.alloc(15, 97));
    const cut = encrypt(Buffer.alloc(31, 97)).subarray(0, -16);
    expect(openLegacyValue(key, bytes)).toBe("a".repeat(15));
    expect(openLegacyValue(key, cut)).toBeUndefined();
  });
});
