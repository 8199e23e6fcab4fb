import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { type EnvelopeKeys, recallEnvelopeKeys } from "../../src/crypto/envelope-keys.ts";
import { IntegrityError } from "../../src/crypto/integrity-error.ts";
import { createKeyring, type KeyringKey, keyringKey } from "../../src/crypto/keyring.ts";
import { openAtRest, sealAtRest } from "../../src/crypto/rest-envelope.ts";

const keyA = Buffer.alloc(32, "A");
const place = Buffer.from("place");

function salts(count: number): readonly Buffer[] {
  return Array.from({ length: count }, () => randomBytes(32));
}

function bytesOf(keys: EnvelopeKeys): string {
  return Buffer.concat([keys.aeadKey, keys.nonce, keys.commitment]).toString("hex");
}

/** Without the cache. */
function derived(key: KeyringKey, salt: Buffer): EnvelopeKeys {
  return recallEnvelopeKeys({ ...key, cachedEnvelopesMax: 0 }, salt);
}

/** One that nothing was derived from yet. */
function freshKey(): KeyringKey {
  return keyringKey(randomBytes(32));
}

test("what is recalled is what would be derived, for each key and salt", () => {
  const some = salts(20);
  for (const key of [freshKey(), freshKey()]) {
    for (const salt of [...some, ...some]) {
      expect(bytesOf(recallEnvelopeKeys(key, salt))).toBe(bytesOf(derived(key, salt)));
    }
  }
});

test("a salt may lie anywhere in a larger buffer", () => {
  const key = freshKey();
  const [salt = Buffer.alloc(0)] = salts(1);
  const large = Buffer.concat([Buffer.alloc(41, 7), salt, Buffer.alloc(9)]);
  const view = new Uint8Array(large.buffer, large.byteOffset + 41, 32);
  expect(recallEnvelopeKeys(key, view)).toBe(recallEnvelopeKeys(key, salt));
});

test("keys are derived each time when none may be cached", () => {
  const key = { ...freshKey(), cachedEnvelopesMax: 0 };
  const [salt = Buffer.alloc(0)] = salts(1);
  const first = recallEnvelopeKeys(key, salt);
  expect(recallEnvelopeKeys(key, salt)).not.toBe(first);
  expect(bytesOf(recallEnvelopeKeys(key, salt))).toBe(bytesOf(first));
});

test("keys are cached, and the oldest are overwritten when there are more than a thousand", () => {
  const key = freshKey();
  const [first = Buffer.alloc(0), second = Buffer.alloc(0), ...more] = salts(1001);
  const oldest = recallEnvelopeKeys(key, first);
  const next = recallEnvelopeKeys(key, second);
  for (const salt of more.slice(0, -1)) recallEnvelopeKeys(key, salt);
  expect(recallEnvelopeKeys(key, first)).toBe(oldest);
  const newest = more.at(-1) ?? first;
  expect(bytesOf(recallEnvelopeKeys(key, newest))).toBe(bytesOf(derived(key, newest)));
  expect(bytesOf(oldest)).toBe(bytesOf(derived(key, newest)));
  expect(recallEnvelopeKeys(key, second)).toBe(next);
  expect(bytesOf(next)).toBe(bytesOf(derived(key, second)));
  expect(bytesOf(recallEnvelopeKeys(key, first))).toBe(bytesOf(derived(key, first)));
});

test("an envelope that was just sealed is opened without deriving its keys again", () => {
  const keyring = createKeyring(keyA, []);
  const { envelope } = sealAtRest(keyring, Buffer.from("value"), place);
  const salt = envelope.subarray(9, 41);
  const cached = recallEnvelopeKeys(keyring.active, salt);
  expect(recallEnvelopeKeys(keyring.active, Buffer.from(salt))).toBe(cached);
  expect(cached.commitment.equals(envelope.subarray(41, 73))).toBe(true);
  expect(openAtRest(keyring, envelope, place).toString()).toBe("value");
});

test("threat 111: an envelope that was opened before is verified again each time", () => {
  const keyring = createKeyring(keyA, []);
  const { envelope } = sealAtRest(keyring, Buffer.from("a value"), place);
  expect(openAtRest(keyring, envelope, place).toString()).toBe("a value");
  for (let bit = 0; bit < envelope.length * 8; bit += 1) {
    const flipped = Buffer.from(envelope);
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    expect(() => openAtRest(keyring, flipped, place)).toThrow(IntegrityError);
  }
  expect(() => openAtRest(keyring, envelope, Buffer.from("elsewhere"))).toThrow(IntegrityError);
  expect(openAtRest(keyring, envelope, place).toString()).toBe("a value");
});

test("a key that left the keyring opens nothing, whatever is cached of it", () => {
  const keyring = createKeyring(keyA, []);
  const { envelope } = sealAtRest(keyring, Buffer.from("a value"), place);
  openAtRest(keyring, envelope, place);
  expect(() => openAtRest(createKeyring(Buffer.alloc(32, "B"), []), envelope, place)).toThrow(IntegrityError);
});
