import { hkdfSync } from "node:crypto";
import { aeadKeyBytes, aeadNonceBytes } from "./aead.ts";
import { type KeyringKey, kidBytes } from "./keyring.ts";

/** Size of the part of an envelope that ties it to one keyring key. */
export const commitmentBytes = 32;

const nonceEnd = aeadKeyBytes + aeadNonceBytes;
const derivedBytes = nonceEnd + commitmentBytes;
const label = Buffer.from("secret-svc/rest/v1");

/** What belongs to one envelope. */
export interface EnvelopeKeys {
  readonly aeadKey: Buffer;
  readonly nonce: Buffer;
  readonly commitment: Buffer;
}

/** Of one keyring key. More would only cost memory; a page of the largest size fits. */
const keptMax = 1000;

interface Slot {
  readonly bytes: Buffer;
  readonly keys: EnvelopeKeys;
  salt: string;
}

interface Kept {
  readonly bySalt: Map<string, EnvelopeKeys>;
  /** Filled around and around: what is thrown away after a while costs more than all the rest. */
  readonly slots: Slot[];
  /** Where the next one goes, in the place of the oldest. */
  next: number;
}

const infos = new WeakMap<KeyringKey, Buffer>();
const kept = new WeakMap<KeyringKey, Kept>();

/** Derives what belongs to the envelope with this salt. To be wiped by the caller. */
export function deriveEnvelopeKeys(key: KeyringKey, salt: Uint8Array): EnvelopeKeys & { wipe(): void } {
  const derived = derive(key, salt);
  return { ...keysIn(derived), wipe: () => void derived.fill(0) };
}

/**
 * The same for an envelope that is opened again and again: deriving takes as long as finding the secret. What is kept
 * tells nothing that the keyring key beside it would not. The bytes are overwritten once they are the oldest: they must not
 * outlast the call.
 *
 * Buys 2 times the openings of one secret (`npm run bench:parts -- --only envelope-keys`).
 */
export function recallEnvelopeKeys(key: KeyringKey, salt: Uint8Array): EnvelopeKeys {
  const { cachedEnvelopesMax = keptMax } = key;
  if (cachedEnvelopesMax === 0) return keysIn(derive(key, salt));
  let ofKey = kept.get(key);
  if (ofKey === undefined) {
    ofKey = { bySalt: new Map(), slots: [], next: 0 };
    kept.set(key, ofKey);
  }
  const name = Buffer.from(salt.buffer, salt.byteOffset, salt.byteLength).toString("latin1");
  return ofKey.bySalt.get(name) ?? keep(ofKey, cachedEnvelopesMax, name, derive(key, salt));
}

function derive(key: KeyringKey, salt: Uint8Array): Buffer {
  let info = infos.get(key);
  if (info === undefined) {
    info = Buffer.concat([label, key.check.subarray(0, kidBytes)]);
    infos.set(key, info);
  }
  return Buffer.from(hkdfSync("sha256", key.secret, salt, info, derivedBytes));
}

function keep(ofKey: Kept, max: number, salt: string, derived: Buffer): EnvelopeKeys {
  const { bySalt, slots, next } = ofKey;
  let slot = slots[next];
  if (slot === undefined) {
    slot = { bytes: derived, keys: keysIn(derived), salt };
    slots.push(slot);
  } else {
    bySalt.delete(slot.salt);
    slot.bytes.set(derived);
    derived.fill(0);
    slot.salt = salt;
  }
  bySalt.set(salt, slot.keys);
  ofKey.next = (next + 1) % max;
  return slot.keys;
}

function keysIn(derived: Buffer): EnvelopeKeys {
  return {
    aeadKey: derived.subarray(0, aeadKeyBytes),
    nonce: derived.subarray(aeadKeyBytes, nonceEnd),
    commitment: derived.subarray(nonceEnd),
  };
}
