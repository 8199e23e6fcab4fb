import { createSecretKey, type KeyObject, randomBytes, timingSafeEqual } from "node:crypto";
import { encodeCanonical } from "../crypto/canonical.ts";
import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { envelopeKid, openAtRest, sealAtRest } from "../crypto/rest-envelope.ts";
import type { KeyStore } from "../store/key-store.ts";
import type { StoredKey } from "../store/stored-key.ts";
import { countKeyUses, type KeyReader } from "./key-uses.ts";

/** The keyring does not fit the store. The message names fingerprints, never a key. */
export class KeysInUseError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "KeysInUseError";
  }
}

const auditKeyData = encodeCanonical("secret-svc/audit-key/v1", []);

/**
 * Compares the keyring with the fingerprints in the store. Throws `KeysInUseError` when the keyring lacks a key that
 * the store's content needs: it is better not to start than to serve half of the content, or to write with a wrong key.
 * A key that nothing depends on any more may be missing.
 */
export async function checkKeysInUse(store: KeyReader, keyring: Keyring, nowMs: number): Promise<void> {
  const needed = (await store.listKeys()).filter(({ purpose }) => purpose === "keyring");
  for (const { kid, data } of needed) {
    const key = keyring.get(kid);
    if (key === undefined) {
      const isIntact = Buffer.from(data).toString("hex").startsWith(kid);
      if (!isIntact || (await countKeyUses(store, nowMs)).has(kid)) throw keyIsMissing(kid, keyring);
      continue;
    }
    if (data.length !== key.check.length || !timingSafeEqual(data, key.check)) {
      throw new KeysInUseError(`the encryption key ${kid} is not the one that the store was written with`);
    }
  }
}

/**
 * Adds the fingerprint of the active key. Call this only once the audit key is open. When processes with different keys
 * start on an empty store, all but one fail to open it. They must not leave a fingerprint that the store then asks for.
 */
export async function addActiveKey(store: KeyStore, keyring: Keyring, nowMs: number): Promise<void> {
  const { kid, check } = keyring.active;
  await store.addKey({ kid, purpose: "keyring", data: check, createdAtMs: nowMs });
}

/** The key of the audit chains: random, made once, and stored encrypted under the keyring. */
export async function openAuditKey(store: KeyStore, keyring: Keyring, nowMs: number): Promise<KeyObject> {
  const stored = await findAuditKey(store);
  if (stored !== undefined) return unwrap(keyring, stored);
  const { kid, envelope } = sealAtRest(keyring, randomBytes(32), auditKeyData);
  await store.addKey({ kid, purpose: "audit", data: envelope, createdAtMs: nowMs });
  // Another process may have been first: the store holds only one audit key.
  const winner = await findAuditKey(store);
  if (winner === undefined) throw new KeysInUseError("the store does not have the audit key that was added to it");
  return unwrap(keyring, winner);
}

/**
 * The key of the audit chains, for a store that is only read. Throws `KeysInUseError`, also when there is no key yet.
 */
export async function readAuditKey(store: Pick<KeyStore, "listKeys">, keyring: Keyring): Promise<KeyObject> {
  const stored = await findAuditKey(store);
  if (stored === undefined) throw new KeysInUseError("the store has no audit key: no service has started on it yet");
  return unwrap(keyring, stored);
}

/** Wraps the audit key with the active key, unless it already is. Compare-and-set: another process may do the same. */
export async function wrapAuditKeyAnew(store: KeyStore, keyring: Keyring): Promise<void> {
  const stored = await findAuditKey(store);
  if (stored === undefined || envelopeKid(stored.data) === keyring.active.kid) return;
  const { kid, purpose, data } = stored;
  const wrapped = sealAtRest(keyring, unwrap(keyring, stored).export(), auditKeyData);
  await store.replaceKeyData({ kid, purpose, data: wrapped.envelope }, data);
}

/** The audit key as it is stored, and the keyring keys that may wrap it. */
interface StoredAuditKey extends StoredKey {
  readonly wrappingKids: readonly string[];
}

async function findAuditKey(store: Pick<KeyStore, "listKeys">): Promise<StoredAuditKey | undefined> {
  const keys = await store.listKeys();
  const key = keys.find(({ purpose }) => purpose === "audit");
  if (key === undefined) return undefined;
  const fingerprints = keys.filter(({ purpose }) => purpose === "keyring").map(({ kid }) => kid);
  return { ...key, wrappingKids: [key.kid, ...fingerprints] };
}

function unwrap(keyring: Keyring, key: StoredAuditKey): KeyObject {
  try {
    const wrappedBy = envelopeKid(key.data);
    const isMissing = keyring.get(wrappedBy) === undefined && key.wrappingKids.includes(wrappedBy);
    if (isMissing) throw keyIsMissing(wrappedBy, keyring);
    return createSecretKey(openAtRest(keyring, key.data, auditKeyData));
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    throw new KeysInUseError("the audit key in the store does not verify");
  }
}

/** The error for a store that needs a key that the keyring does not have. */
export function keyIsMissing(kid: string, keyring: Keyring): KeysInUseError {
  const given = keyring.keys.map((key) => key.kid).join(", ");
  return new KeysInUseError(
    `the store needs the encryption key with the fingerprint ${kid}, but the given keys have ${given}; ` +
      "set OB_ENCRYPTION_KEY or OB_PREVIOUS_ENCRYPTION_KEYS to include it",
  );
}
