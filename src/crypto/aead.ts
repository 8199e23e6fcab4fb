import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import { IntegrityError } from "./integrity-error.ts";

const algorithm = "aes-256-gcm";

export const aeadKeyBytes = 32;
export const aeadNonceBytes = 12;
export const aeadTagBytes = 16;

// Node accepts tags of 4 bytes, which can be guessed, unless the length is given.
const options = { authTagLength: aeadTagBytes } as const;

/**
 * AES-256-GCM; answers ciphertext ‖ tag (16 bytes). This is the only file that uses a cipher;
 * sealed values have theirs from the package hpke.
 *
 * One repeated nonce under one key gives away both plaintexts' XOR and the key that authenticates. Nonce uniqueness is
 * the caller's duty: the callers here use each key for one message only and derive key and nonce together from a fresh
 * random salt, so that the nonce needs no memory and no counter. `associatedData` is bound as it is: the caller must
 * encode its fields so that different fields give different bytes, see `encodeCanonical`. GCM does not commit to its
 * key (one message can be made to open under two): callers check a commitment first.
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
 * Opens what `sealAead` made. Nothing of the plaintext is released before the tag was checked.
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
 * Decrypts AES-256-CBC with PKCS #7 padding, which old installations wrote: undefined when the padding is wrong. Nothing is
 * authenticated: a wrong key passes once in 256 times, and whoever can change the bytes can change the plaintext.
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
  if (key.length !== aeadKeyBytes) throw new RangeError(`the key of an AEAD is ${aeadKeyBytes} bytes`);
  if (nonce.length !== aeadNonceBytes) throw new RangeError(`the nonce of an AEAD is ${aeadNonceBytes} bytes`);
}
