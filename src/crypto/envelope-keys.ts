import { hkdfSync } from "node:crypto";
import { aeadKeyBytes, aeadNonceBytes } from "./aead.ts";
import { type KeyringKey, kidBytes } from "./keyring.ts";

/** Size of the part of an envelope that ties it to one keyring key. */
export const commitmentBytes = 32;

const nonceEnd = aeadKeyBytes + aeadNonceBytes;
const derivedBytes = nonceEnd + commitmentBytes;
const label = Buffer.from("secret-svc/rest/v1");

/** What belongs to one envelope. The bytes are wiped once they are no longer kept: they must not outlast the call. */
export interface EnvelopeKeys {
  readonly aeadKey: Buffer;
  readonly nonce: Buffer;
  readonly commitment: Buffer;
  wipe(): void;
}

/** Of one keyring key. More would only cost memory; a page of the largest size fits. */
const keptMax = 1000;

interface Kept {
  readonly bySalt: Map<string, EnvelopeKeys>;
  /** Salts in the order in which they came, around and around. */
  readonly salts: string[];
  /** Where the next one goes, in the place of the oldest. */
  next: number;
}

const infos = new WeakMap<KeyringKey, Buffer>();
const kept = new WeakMap<KeyringKey, Kept>();

/** Derives what belongs to the envelope with this salt. To be wiped by the caller. */
export function deriveEnvelopeKeys(key: KeyringKey, salt: Uint8Array): EnvelopeKeys {
  let info = infos.get(key);
  if (info === undefined) {
    info = Buffer.concat([label, key.check.subarray(0, kidBytes)]);
    infos.set(key, info);
  }
  const derived = Buffer.from(hkdfSync("sha256", key.secret, salt, info, derivedBytes));
  return {
    aeadKey: derived.subarray(0, aeadKeyBytes),
    nonce: derived.subarray(aeadKeyBytes, nonceEnd),
    commitment: derived.subarray(nonceEnd),
    wipe: () => void derived.fill(0),
  };
}

/**
 * The same for an envelope that is opened again and again: deriving takes as long as finding the secret. What is kept
 * tells nothing that the keyring key beside it would not, and the oldest is wiped when there is too much.
 */
export function recallEnvelopeKeys(key: KeyringKey, salt: Uint8Array): EnvelopeKeys {
  let ofKey = kept.get(key);
  if (ofKey === undefined) {
    ofKey = { bySalt: new Map(), salts: [], next: 0 };
    kept.set(key, ofKey);
  }
  const name = Buffer.from(salt.buffer, salt.byteOffset, salt.byteLength).toString("latin1");
  const known = ofKey.bySalt.get(name);
  if (known !== undefined) return known;
  const derived = deriveEnvelopeKeys(key, salt);
  keep(ofKey, name, derived);
  return derived;
}

function keep(ofKey: Kept, name: string, keys: EnvelopeKeys): void {
  const { bySalt, salts, next } = ofKey;
  const oldest = salts[next];
  if (oldest !== undefined) {
    bySalt.get(oldest)?.wipe();
    bySalt.delete(oldest);
  }
  bySalt.set(name, keys);
  salts[next] = name;
  ofKey.next = (next + 1) % keptMax;
}
