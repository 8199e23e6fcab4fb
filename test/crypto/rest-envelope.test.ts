import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IntegrityError } from "../../src/crypto/integrity-error.ts";
import { createKeyring } from "../../src/crypto/keyring.ts";
import {
  envelopeKid,
  openAtRest,
  restEnvelopeOverheadBytes,
  restPlaintextBytesMax,
  sealAtRest,
} from "../../src/crypto/rest-envelope.ts";
import { checkRandom } from "../support/random-draws.ts";

const keyA = Buffer.alloc(32, "A");
const keyB = Buffer.alloc(32, "B");
const keyring = createKeyring(keyA, []);
const place = Buffer.from("place");
const plaintext = Buffer.from("postgresql://user:pass@host:5432/db");
const { kid, envelope } = sealAtRest(keyring, plaintext, place);

function refuses(bytes: Uint8Array, associatedData: Uint8Array = place, ring = keyring): void {
  expect(() => openAtRest(ring, bytes, associatedData)).toThrow(IntegrityError);
}

describe("rest envelope", () => {
  test("has the documented layout", () => {
    expect(restEnvelopeOverheadBytes).toBe(89);
    expect(envelope).toHaveLength(89 + plaintext.length);
    expect(envelope[0]).toBe(1);
    expect(envelope.subarray(1, 9).toString("hex")).toBe(kid);
    expect(envelopeKid(envelope)).toBe(kid);
    expect(kid).toBe(keyring.active.kid);
  });

  test("opens what it sealed, and only with the same associated data", () => {
    checkRandom(
      fc.property(fc.uint8Array(), fc.uint8Array(), fc.uint8Array(), (text, given, other) => {
        const sealed = sealAtRest(keyring, text, given).envelope;
        expect(openAtRest(keyring, sealed, given)).toEqual(Buffer.from(text));
        if (!Buffer.from(given).equals(other)) refuses(sealed, other);
      }),
    );
  });

  test("opens a view into a larger buffer", () => {
    const large = Buffer.concat([Buffer.alloc(3), envelope, Buffer.alloc(5)]);
    const view = new Uint8Array(large.buffer, large.byteOffset + 3, envelope.length);
    expect(openAtRest(keyring, view, place)).toEqual(plaintext);
    expect(envelopeKid(view)).toBe(kid);
  });

  test("threat 111: every flipped bit is refused", () => {
    for (let bit = 0; bit < envelope.length * 8; bit += 1) {
      const flipped = Buffer.from(envelope);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      refuses(flipped);
    }
  });

  test("threat 111: every truncation and extension is refused", () => {
    for (let length = 0; length < envelope.length; length += 1) {
      refuses(envelope.subarray(0, length));
      refuses(envelope.subarray(envelope.length - length));
    }
    for (const more of [1, 16, 1000]) {
      refuses(Buffer.concat([envelope, Buffer.alloc(more)]));
      refuses(Buffer.concat([Buffer.alloc(more), envelope]));
    }
  });

  test("threat 21: a chosen change of the ciphertext cannot change the plaintext", () => {
    const sealed = sealAtRest(keyring, Buffer.from("admin=0"), place).envelope;
    const at = sealed.length - 17;
    sealed.writeUInt8(sealed.readUInt8(at) ^ 1, at);
    refuses(sealed);
  });

  test("threat 110: an envelope made for key A under the kid of B is refused", () => {
    const both = createKeyring(keyA, [keyB]);
    const forged = Buffer.from(envelope);
    createKeyring(keyB, []).active.check.copy(forged, 1, 0, 8);
    refuses(forged, place, both);
    refuses(forged, place, createKeyring(keyB, []));
  });

  test("threat 110: no key but the named one is tried", () => {
    refuses(envelope, place, createKeyring(keyB, []));
    expect(openAtRest(createKeyring(keyB, [keyA]), envelope, place)).toEqual(plaintext);
  });

  test("only the active key seals", () => {
    const rotated = createKeyring(keyB, [keyA]);
    expect(sealAtRest(rotated, plaintext, place).kid).toBe(rotated.active.kid);
  });

  test("lengths are bounded both ways", () => {
    const largest = Buffer.alloc(restPlaintextBytesMax);
    expect(openAtRest(keyring, sealAtRest(keyring, largest, place).envelope, place)).toEqual(largest);
    expect(() => sealAtRest(keyring, Buffer.alloc(restPlaintextBytesMax + 1), place)).toThrow(RangeError);
    const tooLong = Buffer.concat([envelope.subarray(0, 73), Buffer.alloc(restPlaintextBytesMax + 17)]);
    expect(() => envelopeKid(tooLong)).toThrow(IntegrityError);
    refuses(tooLong);
    refuses(randomBytes(200));
  });

  test("threat 109: where random numbers repeat, salts do not, except for the same message under the same key", () => {
    const broken = (bytes: number) => Buffer.alloc(bytes, 7);
    const saltOf = (text: string, place: string, ring = keyring) =>
      sealAtRest(ring, Buffer.from(text), Buffer.from(place), broken).envelope.toString("hex", 9, 41);
    const salts = [
      saltOf("value", "place"),
      saltOf("valuf", "place"),
      saltOf("value", "placf"),
      saltOf("valu", "eplace"),
      saltOf("", "placevalue"),
      saltOf("alue", "placev"),
      saltOf("value", "place", createKeyring(keyB, [])),
    ];
    expect(new Set(salts).size).toBe(salts.length);
    expect(saltOf("value", "place")).toBe(salts[0]);
    const sealed = sealAtRest(keyring, plaintext, place, broken).envelope;
    expect(openAtRest(keyring, sealed, place)).toEqual(plaintext);
  });

  test("threat 109: salts never repeat", () => {
    const salts = new Set<string>();
    for (let round = 0; round < 10_000; round += 1) {
      salts.add(sealAtRest(keyring, plaintext, place).envelope.toString("hex", 9, 41));
    }
    expect(salts.size).toBe(10_000);
  });
});
