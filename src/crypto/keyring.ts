import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

export const keyringKeyBytes = 32;
/** Size of a kid in binary formats; as text it is twice as many hex digits. */
export const kidBytes = 8;

/** One of the service's encryption keys. */
export interface KeyringKey {
  /** Names the key: the first 8 bytes of `check` as 16 hex digits. Public. */
  readonly kid: string;
  /**
   * Recognises the key, and is stored: 32 bytes of HMAC-SHA256(key, "secret-svc/kid"). Public: it reveals nothing about
   * a random key. Anyone can test guesses with it, so a guessable key (the 32-character form) is only as strong as its
   * randomness.
   */
  readonly check: Buffer;
  /** Only for deriving keys. A KeyObject, so that neither `util.inspect` nor JSON can print it. */
  readonly secret: KeyObject;
  /** Envelopes whose derived keys are cached at most; 0 caches none. Default 1,000. */
  readonly cachedEnvelopesMax?: number;
}

/** The keys of the service: one encrypts, all decrypt. */
export interface Keyring {
  readonly active: KeyringKey;
  /** All of them, the active one first. */
  readonly keys: readonly KeyringKey[];
  get(kid: string): KeyringKey | undefined;
}

/** The given keys cannot form a keyring. The message contains a kid, never a key. */
export class KeyringError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "KeyringError";
  }
}

/**
 * Makes a keyring of raw keys. They are copied, so the caller may wipe them. Throws KeyringError when a key is not 32
 * bytes, is given twice, or has the kid of another key.
 */
export function createKeyring(active: Uint8Array, previous: readonly Uint8Array[]): Keyring {
  return keyringOf(keyringKey(active), previous.map(keyringKey));
}

/** Like `createKeyring`, from keys that are already derived. */
export function keyringOf(active: KeyringKey, previous: readonly KeyringKey[]): Keyring {
  const keys = [active, ...previous];
  const byKid = new Map<string, KeyringKey>();
  for (const key of keys) {
    const other = byKid.get(key.kid);
    if (other !== undefined) {
      const problem = other.check.equals(key.check) ? "is given twice" : "has the same kid as another key";
      throw new KeyringError(`the encryption key ${key.kid} ${problem}`);
    }
    byKid.set(key.kid, key);
  }
  return { active, keys, get: (kid) => byKid.get(kid) };
}

/** Derives the kid and the check of a raw key. Throws KeyringError when it is not 32 bytes. */
export function keyringKey(raw: Uint8Array): KeyringKey {
  if (raw.length !== keyringKeyBytes) {
    throw new KeyringError(`an encryption key must be ${keyringKeyBytes} bytes, got ${raw.length}`);
  }
  const secret = createSecretKey(raw);
  const check = createHmac("sha256", secret).update("secret-svc/kid").digest();
  return { kid: check.toString("hex", 0, kidBytes), check, secret };
}
