import { hkdfSync } from "node:crypto";
import { aeadKeyBytes, aeadNonceBytes } from "./aead.ts";
import { type KeyringKey, kidBytes } from "./keyring.ts";

/** Size of the part of an envelope that ties it to one keyring key. */
export const commitmentBytes = 32;

const nonceEnd = aeadKeyBytes + aeadNonceBytes;
const derivedBytes = nonceEnd + commitmentBytes;
const label = Buffer.from("secret-svc/rest/v1");

/** Everything that is derived from the salt of one envelope. */
export interface EnvelopeKeys {
  readonly aeadKey: Buffer;
  readonly nonce: Buffer;
  readonly commitment: Buffer;
}

/** Cached envelopes of one keyring key. A page of the largest size fits; more would only cost memory. */
const cachedMax = 1000;

interface Slot {
  readonly bytes: Buffer;
  readonly keys: EnvelopeKeys;
  salt: string;
}

interface Cache {
  readonly bySalt: Map<string, EnvelopeKeys>;
  /** Reused in a ring, because objects that are discarded after a while cost more than all the rest. */
  readonly slots: Slot[];
  /** The slot for the next envelope, which replaces the oldest one. */
  next: number;
}

const infos = new WeakMap<KeyringKey, Buffer>();
const caches = new WeakMap<KeyringKey, Cache>();

/**
 * The keys of the envelope with this salt, from a cache: one that was just sealed is opened by the next read and save,
 * many are opened again and again, and deriving takes as long as finding the secret. The cache reveals nothing that the
 * keyring key next to it in memory would not. The oldest bytes are overwritten, so the caller must not use the result
 * after its own call has returned.
 *
 * 2 times as many openings of one secret (`npm run bench:parts -- --only envelope-keys`).
 */
export function recallEnvelopeKeys(key: KeyringKey, salt: Uint8Array): EnvelopeKeys {
  const { cachedEnvelopesMax = cachedMax } = key;
  if (cachedEnvelopesMax === 0) return keysIn(derive(key, salt));
  let ofKey = caches.get(key);
  if (ofKey === undefined) {
    ofKey = { bySalt: new Map(), slots: [], next: 0 };
    caches.set(key, ofKey);
  }
  const name = Buffer.from(salt.buffer, salt.byteOffset, salt.byteLength).toString("latin1");
  return ofKey.bySalt.get(name) ?? addToCache(ofKey, cachedEnvelopesMax, name, derive(key, salt));
}

function derive(key: KeyringKey, salt: Uint8Array): Buffer {
  let info = infos.get(key);
  if (info === undefined) {
    info = Buffer.concat([label, key.check.subarray(0, kidBytes)]);
    infos.set(key, info);
  }
  return Buffer.from(hkdfSync("sha256", key.secret, salt, info, derivedBytes));
}

function addToCache(ofKey: Cache, max: number, salt: string, derived: Buffer): EnvelopeKeys {
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
