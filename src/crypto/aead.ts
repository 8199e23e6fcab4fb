import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import { IntegrityError } from "./integrity-error.ts";

const algorithm = "aes-256-gcm";

export const aeadKeyBytes = 32;
export const aeadNonceBytes = 12;
export const aeadTagBytes = 16;

// Unless the length is given, Node accepts tags of 4 bytes, which can be guessed.
const options = { authTagLength: aeadTagBytes } as const;

/**
 * Encrypts with AES-256-GCM and returns ciphertext ‖ tag (16 bytes). Only this file uses a cipher directly; sealed
 * values and backups use the package hpke.
 *
 * A nonce that repeats under one key reveals the XOR of both plaintexts, and the key that authenticates. Unique nonces
 * are the caller's duty. The callers here use each key for one message only, and derive key and nonce together from a
 * fresh random salt, so the nonce needs no memory and no counter. `associatedData` is bound as it is: the caller must
 * encode its fields so that different fields give different bytes, see `encodeCanonical`. GCM does not commit to its
 * key: a message can be made that decrypts under two keys. Callers check a commitment first.
 *
 * Throws RangeError when key or nonce have the wrong size, which is a programming error.
 */
export function sealAead(
  key: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  associatedData: Uint8Array,
): Buffer {
  requireSizes(key, nonce);
  const cipher = createCipheriv(algorithm, key, nonce, options);
  cipher.setAAD(associatedData);
  const body = cipher.update(plaintext);
  return Buffer.concat([body, cipher.final(), cipher.getAuthTag()]);
}

/**
 * Decrypts what `sealAead` made. No plaintext is returned before the tag has been checked.
 *
 * Throws IntegrityError when anything differs, RangeError when key or nonce have the wrong size.
 */
export function openAead(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, associatedData: Uint8Array): Buffer {
  requireSizes(key, nonce);
  const end = sealed.length - aeadTagBytes;
  if (end < 0) throw new IntegrityError();
  const decipher = createDecipheriv(algorithm, key, nonce, options);
  decipher.setAAD(associatedData);
  decipher.setAuthTag(sealed.subarray(end));
  const plaintext = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw new IntegrityError();
  }
  return plaintext;
}

/**
 * Decrypts AES-256-CBC with PKCS #7 padding, the format of old installations. Returns undefined when the padding is
 * wrong. Nothing is authenticated: a wrong key passes once in 256 times, and anyone who can change the bytes can change
 * the plaintext.
 */
export function openCbc(key: KeyObject, iv: Uint8Array, body: Uint8Array): Buffer | undefined {
  const decipher = createDecipheriv("aes-256-cbc", key, iv);
  const plaintext = decipher.update(body);
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    plaintext.fill(0);
    return undefined;
  }
}

function requireSizes(key: Uint8Array, nonce: Uint8Array): void {
  if (key.length !== aeadKeyBytes) throw new RangeError(`an AEAD key must be ${aeadKeyBytes} bytes`);
  if (nonce.length !== aeadNonceBytes) throw new RangeError(`an AEAD nonce must be ${aeadNonceBytes} bytes`);
}
