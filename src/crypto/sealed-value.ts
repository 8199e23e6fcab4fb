import { isUtf8 } from "node:buffer";
import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_MLKEM768_X25519, type Key } from "hpke";
import { limits } from "../limits.ts";
import { bytesOf, type SecretValue } from "../text/secret-value.ts";
import {
  encapsulatedKeyBytes,
  encodePlace,
  formatSealed,
  type SealedPlace,
  type SealedText,
  SealedTextError,
} from "./sealed-text.ts";

/** The public half of a sealing key: all that sealing needs. */
export interface SealingPublicKey {
  /** 16 hex digits. */
  readonly kid: string;
  /** Serialized as HPKE specifies: 1,216 bytes. */
  readonly publicKey: Uint8Array;
}

/** The private half, which only the service has. */
export interface SealingPrivateKey {
  readonly kid: string;
  /** Cannot be exported. Printing it shows only its type. */
  readonly privateKey: Key;
}

export const sealingPublicKeyBytes = 1216;
/** Size of the serialized private key. */
export const sealingSeedBytes = 32;
/** The name of the algorithms in files and responses. */
export const sealingSuite = "MLKEM768-X25519/HKDF-SHA256/AES-256-GCM";

/**
 * HPKE, base mode. The key exchange is a hybrid, because what is in git now must withstand future quantum computers.
 */
export const hpkeSuite = new CipherSuite(KEM_MLKEM768_X25519, KDF_HKDF_SHA256, AEAD_AES_256_GCM);

const label = Buffer.from("secret-svc/seal/v1");

/**
 * Seals a value (1 byte to 64 KiB, as text of UTF-8) for one place: only the service can open it, and accepts it in
 * that place only. Needs neither the service nor a token. Sealing a value twice gives different texts. The length of
 * the value is visible.
 *
 * Every message has its own key pair, and with it its own key and nonce, which HPKE generates. Takes about half a
 * millisecond, most of it off the event loop. Throws RangeError for a place, value or public key that breaks a rule.
 */
export async function sealValue(key: SealingPublicKey, place: SealedPlace, value: SecretValue): Promise<string> {
  const isText = typeof value === "string";
  const header = encodePlace(place, !isText);
  const plaintext = bytesOf(value);
  if (isText && !value.isWellFormed())
    throw new RangeError("the value must be well-formed Unicode without lone surrogates");
  if (plaintext.length === 0) throw new RangeError("the value must not be empty");
  if (plaintext.length > limits.valueBytes) {
    throw new RangeError(`the value must be at most ${limits.valueBytes} bytes, got ${plaintext.length}`);
  }
  const publicKey = await importPublicKey(key.publicKey);
  const { encapsulatedSecret, ciphertext } = await hpkeSuite.Seal(publicKey, copy(plaintext), {
    info: infoOf(key.kid, header),
  });
  if (encapsulatedSecret.length !== encapsulatedKeyBytes) throw new Error("the encapsulated key has the wrong size");
  return formatSealed(key.kid, header, Buffer.concat([encapsulatedSecret, ciphertext]));
}

/**
 * Opens a sealed value. The place is authenticated here. The caller must check, before or after, that it is the place
 * where the value is used. There is one error for everything that does not verify. Throws SealedTextError, also for a
 * plaintext that is not a value (empty, or meant as text and not UTF-8), and RangeError for the key of another kid.
 */
export async function openSealed(key: SealingPrivateKey, sealed: SealedText): Promise<SecretValue> {
  if (key.kid !== sealed.kid) throw new RangeError(`a value sealed for ${sealed.kid} is not opened with ${key.kid}`);
  const info = infoOf(sealed.kid, sealed.header);
  const plaintext = await hpkeSuite
    .Open(key.privateKey, copy(sealed.encapsulatedKey), copy(sealed.ciphertext), { info })
    .catch(() => undefined);
  if (plaintext === undefined || plaintext.length === 0 || !(sealed.isBytes || isUtf8(plaintext))) {
    throw new SealedTextError("cannot be opened: it was changed after it was sealed, or it was not sealed correctly");
  }
  const bytes = Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength);
  return sealed.isBytes ? bytes : bytes.toString("utf8");
}

async function importPublicKey(bytes: Uint8Array): Promise<Key> {
  try {
    return await hpkeSuite.DeserializePublicKey(copy(bytes));
  } catch {
    throw new RangeError("the public key is not one of MLKEM768-X25519");
  }
}

/** Bound by `info` and not by `aad`, which some implementations of HPKE do not offer with one-shot sealing. */
function infoOf(kid: string, header: Uint8Array): Uint8Array {
  return copy(Buffer.concat([label, Buffer.from(kid, "hex"), header]));
}

/** WebCrypto takes whole arrays, but a Buffer may be a view into a shared pool. */
function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
