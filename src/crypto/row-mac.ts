import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from "node:crypto";
import { type CanonicalField, encodeCanonical } from "./canonical.ts";
import { IntegrityError } from "./integrity-error.ts";
import { type Keyring, type KeyringKey, kidBytes } from "./keyring.ts";

const info = Buffer.from("secret-svc/row/v1");
const macBytes = 32;
const macKeys = new WeakMap<KeyringKey, KeyObject>();

/**
 * Authenticates a row that is stored in the clear, such as a user: HMAC-SHA256 of the fields, with their label and the
 * kid first, under a key derived from the keyring's active key. An attacker who can only write to the database cannot
 * make one.
 *
 * A label always has the same list of fields, each of the same type, because the types are not in the bytes. Putting an
 * entire old row back in place of a newer one is not detected. Throws RangeError for a number that is not an unsigned
 * safe integer.
 */
export function rowMac(
  keyring: Keyring,
  label: string,
  fields: readonly CanonicalField[],
): { kid: string; mac: Buffer } {
  return { kid: keyring.active.kid, mac: computeMac(keyring.active, label, fields) };
}

/**
 * Checks a row's MAC in constant time, under the one key that it names. Throws IntegrityError when anything differs.
 */
export function verifyRowMac(
  keyring: Keyring,
  label: string,
  fields: readonly CanonicalField[],
  kid: string,
  mac: Uint8Array,
): void {
  const key = keyring.get(kid);
  if (key === undefined || !(mac instanceof Uint8Array) || mac.length !== macBytes) throw new IntegrityError();
  let expected: Buffer;
  try {
    expected = computeMac(key, label, fields);
  } catch {
    // A field that cannot be encoded, such as a negative time, was never authenticated.
    throw new IntegrityError();
  }
  if (!timingSafeEqual(expected, mac)) throw new IntegrityError();
}

function computeMac(key: KeyringKey, label: string, fields: readonly CanonicalField[]): Buffer {
  return createHmac("sha256", macKey(key))
    .update(encodeCanonical(label, [key.kid, ...fields]))
    .digest();
}

function macKey(key: KeyringKey): KeyObject {
  const known = macKeys.get(key);
  if (known !== undefined) return known;
  const kidInfo = Buffer.concat([info, key.check.subarray(0, kidBytes)]);
  const derived = Buffer.from(hkdfSync("sha256", key.secret, Buffer.alloc(0), kidInfo, macBytes));
  const made = createSecretKey(derived);
  derived.fill(0);
  macKeys.set(key, made);
  return made;
}
