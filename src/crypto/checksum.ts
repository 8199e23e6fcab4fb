import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { blake2b } from "@noble/hashes/blake2.js";
import { isSameBytes } from "./same-bytes.ts";

/** Checksums that a client may send along with a value. They detect accidents, not attacks. */
export const checksumAlgorithms = ["CRC32", "SHA-256", "SHA-512", "BLAKE2s"] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/**
 * The algorithm with exactly this name; "" is CRC32, the default. Undefined for anything else, which callers must
 * refuse.
 */
export function parseChecksumAlgorithm(text: string): ChecksumAlgorithm | undefined {
  if (text === "") return "CRC32";
  return checksumAlgorithms.find((algorithm) => algorithm === text);
}

/**
 * The checksum in lower-case hex: 8 digits for CRC32, 128 for SHA-512, 64 for the others. Never store the checksum of a
 * plaintext.
 */
export function checksumOf(algorithm: ChecksumAlgorithm, bytes: Uint8Array): string {
  switch (algorithm) {
    case "CRC32":
      return crc32(bytes).toString(16).padStart(8, "0");
    case "SHA-256":
      return createHash("sha256").update(bytes).digest("hex");
    case "SHA-512":
      return createHash("sha512").update(bytes).digest("hex");
    case "BLAKE2s":
      return createHash("blake2s256").update(bytes).digest("hex");
  }
}

/** Whether `given` is the checksum of `bytes`, in hex of either case; in constant time, since the bytes are secret. */
export function checksumMatches(algorithm: ChecksumAlgorithm, bytes: Uint8Array, given: string): boolean {
  return digestsMatch(checksumOf(algorithm, bytes), given);
}

/**
 * Like `checksumMatches`, for the plaintext of a value from an old installation. Checksums that old installations
 * labelled BLAKE2s are BLAKE2b-256.
 */
export function legacyChecksumMatches(algorithm: ChecksumAlgorithm, bytes: Uint8Array, given: string): boolean {
  if (checksumMatches(algorithm, bytes, given)) return true;
  return algorithm === "BLAKE2s" && digestsMatch(Buffer.from(blake2b(bytes, { dkLen: 32 })).toString("hex"), given);
}

function digestsMatch(expectedHex: string, given: string): boolean {
  const expected = Buffer.from(expectedHex);
  const actual = Buffer.from(given.toLowerCase());
  return isSameBytes(actual, expected);
}
