import { createHash } from "node:crypto";
import { expect } from "vitest";
import { checksumMatches, checksumOf, parseChecksumAlgorithm } from "../../src/crypto/checksum.ts";
import { describeVectors, type Vector } from "../support/vectors/golden.ts";

interface ChecksumVector extends Vector {
  readonly expect: "match" | "mismatch" | "unknown algorithm";
  readonly algorithm: string;
  readonly bytes: string;
  readonly checksum: string;
}

function hex(text: string): string {
  return Buffer.from(text).toString("hex");
}

function vector(
  expected: ChecksumVector["expect"],
  name: string,
  algorithm: string,
  text: string,
  checksum: string,
): ChecksumVector {
  return { name, expect: expected, algorithm, bytes: hex(text), checksum };
}

function build(): readonly ChecksumVector[] {
  const value = {
    crc: "1d775834",
    sha256: openssl("sha256", "value"),
    sha512: openssl("sha512", "value"),
    blake2s: openssl("blake2s256", "value"),
  };
  return [
    vector("match", "CRC32", "CRC32", "value", value.crc),
    vector("match", "CRC32 by default", "", "value", value.crc),
    vector("match", "CRC32 with leading zeros", "CRC32", "", "00000000"),
    vector("match", "CRC32 check value", "CRC32", "123456789", "cbf43926"),
    vector("match", "CRC32 in upper case", "CRC32", "123456789", "CBF43926"),
    vector("match", "SHA-256", "SHA-256", "value", value.sha256),
    vector("match", "SHA-256 in upper case", "SHA-256", "value", value.sha256.toUpperCase()),
    vector("match", "SHA-512", "SHA-512", "value", value.sha512),
    vector("match", "BLAKE2s", "BLAKE2s", "value", value.blake2s),
    vector("match", "BLAKE2s of nothing", "BLAKE2s", "", openssl("blake2s256", "")),
    vector("match", "SHA-256 of text outside ASCII", "SHA-256", "pä\u{1f511}", openssl("sha256", "pä\u{1f511}")),
    vector("mismatch", "CRC32 of something else", "CRC32", "value ", value.crc),
    vector("mismatch", "empty checksum", "CRC32", "value", ""),
    vector("mismatch", "CRC32 cut", "CRC32", "value", value.crc.slice(1)),
    vector("mismatch", "CRC32 with white space", "CRC32", "value", `${value.crc}\n`),
    vector("mismatch", "CRC32 without leading zeros", "CRC32", "", "0"),
    vector("mismatch", "SHA-256 cut", "SHA-256", "value", value.sha256.slice(0, 62)),
    vector("mismatch", "SHA-256 in base64", "SHA-256", "value", Buffer.from(value.sha256, "hex").toString("base64")),
    vector("mismatch", "SHA-256 under the name BLAKE2s", "BLAKE2s", "value", value.sha256),
    vector(
      "mismatch",
      "BLAKE2b-256 under the name BLAKE2s",
      "BLAKE2s",
      "",
      "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
    ),
    vector("unknown algorithm", "lower case", "crc32", "value", value.crc),
    vector("unknown algorithm", "no dash", "SHA256", "value", value.sha256),
    vector("unknown algorithm", "MD5", "MD5", "value", openssl("md5", "value")),
    vector("unknown algorithm", "white space", "CRC32 ", "value", value.crc),
    vector("unknown algorithm", "name of a property", "toString", "value", value.crc),
  ];
}

function openssl(algorithm: string, text: string): string {
  return createHash(algorithm).update(text).digest("hex");
}

describeVectors<ChecksumVector>(
  "checksum.json",
  "Checksums on input: docs/encryption-format.md, section 7. bytes is lower-case hex, checksum is what a client sends.",
  ["name", "expect", "algorithm", "bytes", "checksum"],
  build,
  (given) => {
    const algorithm = parseChecksumAlgorithm(given.algorithm);
    if (algorithm === undefined) {
      expect(given.expect).toBe("unknown algorithm");
      return;
    }
    const bytes = Buffer.from(given.bytes, "hex");
    expect(checksumMatches(algorithm, bytes, given.checksum) ? "match" : "mismatch").toBe(given.expect);
    if (given.expect === "match") expect(checksumOf(algorithm, bytes)).toBe(given.checksum.toLowerCase());
  },
);
