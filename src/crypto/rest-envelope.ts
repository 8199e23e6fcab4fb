import { createHmac, timingSafeEqual } from "node:crypto";
import { aeadTagBytes, openAead, sealAead } from "./aead.ts";
import { commitmentBytes, recallEnvelopeKeys } from "./envelope-keys.ts";
import { IntegrityError } from "./integrity-error.ts";
import { type Keyring, type KeyringKey, kidBytes } from "./keyring.ts";
import { takeRandom } from "./take-random.ts";

const version = 1;
const saltBytes = 32;
const kidAt = 1;
const saltAt = kidAt + kidBytes;
const commitmentAt = saltAt + saltBytes;
const bodyAt = commitmentAt + commitmentBytes;
/** Nothing else that a keyring key authenticates directly begins with this. */
const saltLabel = "secret-svc/salt/v1";

/** Bytes that an envelope adds to the plaintext. */
export const restEnvelopeOverheadBytes = bodyAt + aeadTagBytes;
/** Far above the largest value. Without a limit, a database could make the service decrypt without end. */
export const restPlaintextBytesMax = 1024 * 1024;

/**
 * Encrypts under the keyring's active key: version ‖ kid ‖ salt ‖ commitment ‖ ciphertext ‖ tag. Binds
 * `associatedData`: opening the envelope takes the same bytes.
 *
 * Nonce uniqueness: AES key and nonce both come from HKDF over a salt that is made here for each message. The salt has
 * 256 random bits, so two messages share a key and a nonce only when two such salts are equal (2^-128 after 2^64
 * messages). Where random numbers repeat, as in a copy of a running virtual machine, salts are equal only for equal
 * messages, which is harmless. Callers cannot choose the salt. The commitment, from the same derivation, ties the
 * envelope to one keyring key. The kid is bound because it is part of HKDF's info.
 *
 * Throws RangeError when the plaintext is longer than `restPlaintextBytesMax`.
 */
export function sealAtRest(
  keyring: Keyring,
  plaintext: Uint8Array,
  associatedData: Uint8Array,
  random: (bytes: number) => Buffer = takeRandom,
): { kid: string; envelope: Buffer } {
  if (plaintext.length > restPlaintextBytesMax) {
    throw new RangeError(`at most ${restPlaintextBytesMax} bytes can be sealed, got ${plaintext.length}`);
  }
  const { active } = keyring;
  const head = Buffer.alloc(commitmentAt);
  head.writeUInt8(version);
  active.check.copy(head, kidAt, 0, kidBytes);
  saltOf(active, plaintext, associatedData, random(saltBytes)).copy(head, saltAt);
  const { aeadKey, nonce, commitment } = recallEnvelopeKeys(active, head.subarray(saltAt));
  const sealed = sealAead(aeadKey, nonce, plaintext, associatedData);
  return { kid: active.kid, envelope: Buffer.concat([head, commitment, sealed]) };
}

/**
 * Decrypts what `sealAtRest` made, under the one key that the envelope names; no other key is tried. The commitment is
 * compared first, in constant time. Throws IntegrityError when anything differs.
 */
export function openAtRest(keyring: Keyring, envelope: Uint8Array, associatedData: Uint8Array): Buffer {
  const key = keyring.get(envelopeKid(envelope));
  if (key === undefined) throw new IntegrityError();
  const { aeadKey, nonce, commitment } = recallEnvelopeKeys(key, envelope.subarray(saltAt, commitmentAt));
  if (!timingSafeEqual(commitment, envelope.subarray(commitmentAt, bodyAt))) throw new IntegrityError();
  return openAead(aeadKey, nonce, envelope.subarray(bodyAt), associatedData);
}

/**
 * The kid of the key that an envelope names. Throws IntegrityError when the envelope has another version, or is too
 * short or too long.
 */
export function envelopeKid(envelope: Uint8Array): string {
  const length = envelope.length - restEnvelopeOverheadBytes;
  if (length < 0 || length > restPlaintextBytesMax || envelope[0] !== version) throw new IntegrityError();
  return view(envelope).toString("hex", kidAt, saltAt);
}

/** The salt is as random as `random`. Even where `random` repeats, different messages have different salts. */
function saltOf(key: KeyringKey, plaintext: Uint8Array, associatedData: Uint8Array, random: Buffer): Buffer {
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(plaintext.length, 0);
  lengths.writeUInt32BE(associatedData.length, 4);
  return createHmac("sha256", key.secret)
    .update(saltLabel)
    .update(random)
    .update(lengths)
    .update(associatedData)
    .update(plaintext)
    .digest();
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
