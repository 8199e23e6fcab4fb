import { encodeCanonical } from "../crypto/canonical.ts";
import { IntegrityError } from "../crypto/integrity-error.ts";
import { isDefaultKeyringKey } from "../crypto/key-text.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { envelopeKid, openAtRest, sealAtRest } from "../crypto/rest-envelope.ts";
import { type SealedPlace, type SealedText, SealedTextError } from "../crypto/sealed-text.ts";
import { openSealed, type SealingPrivateKey, type SealingPublicKey, sealValue } from "../crypto/sealed-value.ts";
import { deriveSealingKeyPair, importSealingSeed } from "../crypto/sealing-key.ts";
import { SecretError } from "../error.ts";
import { createLanes } from "../flow/lanes.ts";
import { limits } from "../limits.ts";
import type { KeyStore } from "../store/key-store.ts";
import type { StoredKey } from "../store/stored-key.ts";
import type { SecretValue } from "../text/secret-value.ts";
import { KeysInUseError } from "./keys-in-use.ts";

/**
 * The sealing keys of the service. The sealing key of the active keyring key seals. The sealing keys of all keyring
 * keys open, including those of dropped ones.
 */
export interface Sealing {
  /** Throws `SecretError` NO_SEALING_KEY while the active key is the default key, which is public. */
  publicKey(): SealingPublicKey;
  /** Throws as `publicKey` does, and RangeError for a place or a value that breaks a rule. */
  seal(place: SealedPlace, value: SecretValue): Promise<string>;
  /** Throws `SealedTextError`. The caller must check that the place is the right one. */
  open(sealed: SealedText): Promise<SecretValue>;
  /** Stops using keys that were destroyed, here or by another process. */
  forget(kids: readonly string[]): Promise<void>;
}

/**
 * Reads the sealing keys from the store and the keyring. The store holds the private key of each keyring key's pair,
 * wrapped by the active key, so that sealed values in git stay readable after a keyring key was dropped. Adds the ones
 * that are missing, and rewraps those that a former active key wrapped. Throws `KeysInUseError` when a key does not
 * verify.
 */
export async function openSealing(store: KeyStore, keyring: Keyring, nowMs: number): Promise<Sealing> {
  // The default key is public: nothing must be sealed for it or stored under it.
  const activeIsDefault = isDefaultKeyringKey(keyring.active);
  const stored = (await store.listKeys()).filter(({ purpose }) => purpose === "sealing");
  const destroyed = destroyedSealingKeys(stored);
  const intact = stored.filter(({ kid }) => !destroyed.includes(kid));
  const seeds = new Map(intact.map((key) => [key.kid, unwrapSealingSeed(keyring, key)]));
  const isUsable = !activeIsDefault && !destroyed.includes(keyring.active.kid);
  const pair = isUsable ? await deriveSealingKeyPair(keyring.active) : undefined;
  for (const key of keyring.keys) {
    if (seeds.has(key.kid) || destroyed.includes(key.kid) || isDefaultKeyringKey(key)) continue;
    const { seed } = key.kid === pair?.kid ? pair : await deriveSealingKeyPair(key);
    seeds.set(key.kid, seed);
    if (!activeIsDefault)
      await store.addKey({
        kid: key.kid,
        purpose: "sealing",
        data: wrapSealingSeed(keyring, key.kid, seed),
        createdAtMs: nowMs,
      });
  }
  if (!activeIsDefault) await wrapAnew(store, keyring, intact, seeds);
  const privateKeys = new Map<string, SealingPrivateKey>();
  for (const [kid, seed] of seeds) {
    privateKeys.set(kid, await importSealingSeed(kid, seed));
    seed.fill(0);
  }
  return createSealing(pair && { kid: pair.kid, publicKey: pair.publicKey }, privateKeys);
}

/** The keys whose sealed values can never be opened again: only their names are left. */
export function destroyedSealingKeys(keys: readonly StoredKey[]): readonly string[] {
  return keys.filter(({ purpose, data }) => purpose === "sealing" && data.length === 0).map(({ kid }) => kid);
}

/** Wraps all sealing keys with the active key, where they are not yet. Throws as `openSealing` does. */
export async function wrapSealingKeysAnew(store: KeyStore, keyring: Keyring): Promise<void> {
  if (isDefaultKeyringKey(keyring.active)) return;
  const intact = (await store.listKeys()).filter(({ purpose, data }) => purpose === "sealing" && data.length > 0);
  const seeds = new Map(intact.map((key) => [key.kid, unwrapSealingSeed(keyring, key)]));
  await wrapAnew(store, keyring, intact, seeds);
  for (const seed of seeds.values()) seed.fill(0);
}

function createSealing(publicKey: SealingPublicKey | undefined, privateKeys: Map<string, SealingPrivateKey>): Sealing {
  const lanes = createLanes(limits.hpkeOperations);
  const requirePublicKey = () => {
    if (publicKey !== undefined) return publicKey;
    const message = "this service has no sealing key; 'oo secret is-secure' shows operators why";
    throw new SecretError({ reason: "NO_SEALING_KEY", message });
  };
  return {
    publicKey: requirePublicKey,
    seal: async (place, value) => {
      const key = requirePublicKey();
      return lanes.run(() => sealValue(key, place, value));
    },
    open: async (sealed) => {
      const key = privateKeys.get(sealed.kid);
      if (key === undefined) {
        throw new SealedTextError(
          `is sealed for the key ${sealed.kid}, which this service does not have; seal it again`,
        );
      }
      return lanes.run(() => openSealed(key, sealed));
    },
    forget: async (kids) => {
      for (const kid of kids) privateKeys.delete(kid);
    },
  };
}

/** Compare-and-set: another process may wrap the same key at the same time, and its result is as good. */
async function wrapAnew(
  store: KeyStore,
  keyring: Keyring,
  keys: readonly StoredKey[],
  seeds: ReadonlyMap<string, Buffer>,
): Promise<void> {
  for (const { kid, purpose, data } of keys) {
    const seed = seeds.get(kid);
    if (seed === undefined || envelopeKid(data) === keyring.active.kid) continue;
    await store.replaceKeyData({ kid, purpose, data: wrapSealingSeed(keyring, kid, seed) }, data);
  }
}

/** The private key of the sealing key `kid` as the store holds it: wrapped by the active key. */
export function wrapSealingSeed(keyring: Keyring, kid: string, seed: Buffer): Buffer {
  return sealAtRest(keyring, seed, wrapData(kid)).envelope;
}

/** The stored private key. Throws `KeysInUseError`. */
export function unwrapSealingSeed(keyring: Keyring, { kid, data }: StoredKey): Buffer {
  try {
    const wrappedBy = envelopeKid(data);
    if (keyring.get(wrappedBy) === undefined) {
      throw new KeysInUseError(
        `the store needs the encryption key with the fingerprint ${wrappedBy}, which wraps the sealing key ${kid}; ` +
          "set OB_PREVIOUS_ENCRYPTION_KEYS to include it",
      );
    }
    return openAtRest(keyring, data, wrapData(kid));
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    throw new KeysInUseError(`the sealing key ${kid} in the store does not verify`);
  }
}

function wrapData(kid: string): Buffer {
  return encodeCanonical("secret-svc/sealing-seed/v1", [kid]);
}
