import { createHash } from "node:crypto";
import { blake2b as blake2, blake2s } from "@noble/hashes/blake2.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checksumAlgorithms,
  checksumMatches,
  checksumOf,
  legacyChecksumMatches,
  parseChecksumAlgorithm,
} from "../../src/crypto/checksum.ts";
import { checkRandom } from "../support/random-draws.ts";

describe("checksum", () => {
  test("threat 25: only the four exact names are known, and no name is CRC32", () => {
    for (const algorithm of checksumAlgorithms) expect(parseChecksumAlgorithm(algorithm)).toBe(algorithm);
    expect(parseChecksumAlgorithm("")).toBe("CRC32");
    for (const text of ["crc32", "CRC-32", "SHA256", "sha-256", "SHA-1", "MD5", "BLAKE2b", " CRC32", "__proto__"]) {
      expect(parseChecksumAlgorithm(text)).toBeUndefined();
    }
  });

  test.each([
    ["CRC32", "value", "1d775834"],
    ["CRC32", "", "00000000"],
    ["CRC32", "123456789", "cbf43926"],
    ["CRC32", "example", "6eec9b9f"],
    ["CRC32", "example-value", "45a3b25f"],
    ["SHA-256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    ["BLAKE2s", "abc", "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"],
  ] as const)("threat 27: %s of %j is known", (algorithm, text, expected) => {
    expect(checksumOf(algorithm, Buffer.from(text))).toBe(expected);
    expect(checksumMatches(algorithm, Buffer.from(text), expected)).toBe(true);
  });

  test("threat 24: BLAKE2s is BLAKE2s, not BLAKE2b-256", () => {
    expect(checksumOf("BLAKE2s", Buffer.from("value"))).toMatch(/^d9ca0be5[0-9a-f]{48}881ea9c9$/);
  });

  test("threat 24: with values of old installations the label BLAKE2s may also mean BLAKE2b-256", () => {
    const value = Buffer.from("value");
    const blake2b = Buffer.from(blake2(value, { dkLen: 32 })).toString("hex");
    expect(blake2b).toMatch(/^d6307990[0-9a-f]{50}0840c4$/);
    expect(legacyChecksumMatches("BLAKE2s", value, blake2b)).toBe(true);
    expect(legacyChecksumMatches("BLAKE2s", value, checksumOf("BLAKE2s", value))).toBe(true);
    expect(legacyChecksumMatches("BLAKE2s", Buffer.from("other"), blake2b)).toBe(false);
    expect(legacyChecksumMatches("SHA-256", value, blake2b)).toBe(false);
    expect(checksumMatches("BLAKE2s", value, blake2b)).toBe(false);
  });

  test("agrees with other implementations", () => {
    const others = {
      "SHA-256": (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex"),
      "SHA-512": (bytes: Uint8Array) => createHash("sha512").update(bytes).digest("hex"),
      BLAKE2s: (bytes: Uint8Array) => Buffer.from(blake2s(bytes)).toString("hex"),
    };
    checkRandom(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom("SHA-256", "SHA-512", "BLAKE2s"),
        (bytes, algorithm) => {
          expect(checksumOf(algorithm, bytes)).toBe(others[algorithm](bytes));
        },
      ),
    );
  });

  test("threat 26: a checksum matches its own bytes only, in either case of hex", () => {
    checkRandom(
      fc.property(
        fc.uint8Array(),
        fc.uint8Array(),
        fc.constantFrom(...checksumAlgorithms),
        (bytes, other, algorithm) => {
          const given = checksumOf(algorithm, bytes);
          expect(checksumMatches(algorithm, bytes, given)).toBe(true);
          expect(checksumMatches(algorithm, bytes, given.toUpperCase())).toBe(true);
          expect(checksumMatches(algorithm, other, given)).toBe(Buffer.from(bytes).equals(other));
        },
      ),
    );
  });

  test("wrong lengths and foreign characters do not match and do not throw", () => {
    const bytes = Buffer.from("value");
    for (const algorithm of checksumAlgorithms) {
      const given = checksumOf(algorithm, bytes);
      const wrong = ["", given.slice(1), `${given}0`, ` ${given}`, `${given}\n`, `0x${given}`, `é${given.slice(1)}`];
      for (const text of wrong) expect(checksumMatches(algorithm, bytes, text)).toBe(false);
      for (const other of checksumAlgorithms) {
        if (other !== algorithm) expect(checksumMatches(other, bytes, given)).toBe(false);
      }
    }
  });
});
