import { type CompactJWSHeaderParameters, type CryptoKey, createLocalJWKSet, errors, type LocalJWKSet } from "jose";
import { SecretError } from "../error.ts";

export interface KeySetOptions {
  /** Gets the JSON Web Key Set. */
  load(): Promise<unknown>;
  now(): number;
  /** How long the last keys are trusted when they cannot be loaded again. */
  readonly maxAgeMs: number;
  /** Gets each failure to load the keys. The caller is not at fault. */
  readonly onFailure: (error: unknown) => void;
}

/** The public keys of one issuer. */
export interface KeySet {
  /**
   * The one key that a header names by `kid` and `alg`. Throws an error of jose when there is no such key, or several:
   * `JWKSMultipleMatchingKeys` iterates over these. Throws `SecretError` ISSUER_UNAVAILABLE when this cannot be
   * decided: no keys are trusted now, or it may be a new key that cannot be loaded now.
   */
  find(header: CompactJWSHeaderParameters): Promise<CryptoKey>;
}

/**
 * Keys are loaded again after this time, so that a key that the issuer withdrew is not accepted for longer while the
 * issuer can be reached.
 */
const freshMs = 10 * 60_000;

/** Between two attempts, successful or not: anyone can send tokens with invented key names. */
const cooldownMs = 30_000;

/**
 * Loads keys when they are first needed, when they are old, and when a token names a key that is not among them; at
 * most once in `cooldownMs`. While loading fails, the last good keys are used for up to `maxAgeMs`. An invalid key set
 * is a failure.
 */
export function createKeySet(options: KeySetOptions): KeySet {
  let good: { readonly keys: LocalJWKSet; readonly loadedAtMs: number } | undefined;
  let lastAttempt: { readonly atMs: number; failed: boolean } | undefined;
  let loading: Promise<void> | undefined;

  const passed = (sinceMs: number, ms: number) => {
    const agoMs = options.now() - sinceMs;
    // A clock that was set back must not prolong anything.
    return agoMs < 0 || agoMs >= ms;
  };
  const loadNow = async (attempt: { failed: boolean }) => {
    try {
      good = { keys: readKeySet(await options.load()), loadedAtMs: options.now() };
    } catch (error) {
      attempt.failed = true;
      options.onFailure(error);
    }
  };
  /** Waits for the attempt that is under way, or starts one if the cooldown is over and waits for it. */
  const refresh = async () => {
    if (loading === undefined && (lastAttempt === undefined || passed(lastAttempt.atMs, cooldownMs))) {
      lastAttempt = { atMs: options.now(), failed: false };
      loading = loadNow(lastAttempt).finally(() => {
        loading = undefined;
      });
    }
    await loading;
  };
  const search = async (header: CompactJWSHeaderParameters) => {
    if (good === undefined || passed(good.loadedAtMs, options.maxAgeMs)) throw unavailable();
    try {
      return await good.keys(header);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined;
      throw error;
    }
  };

  return {
    async find(header) {
      if (good === undefined || passed(good.loadedAtMs, freshMs)) await refresh();
      const key = await search(header);
      if (key !== undefined) return key;
      await refresh();
      const fresh = await search(header);
      if (fresh !== undefined) return fresh;
      if (lastAttempt?.failed === true) throw unavailable();
      throw new errors.JWKSNoMatchingKey();
    },
  };
}

/** Throws unless there is at least one key to check signatures with. */
function readKeySet(json: unknown): LocalJWKSet {
  const isSet = typeof json === "object" && json !== null && "keys" in json && Array.isArray(json.keys);
  if (!isSet || (json.keys as unknown[]).length === 0) throw new Error("it is not a JSON Web Key Set with keys");
  return createLocalJWKSet(json as Parameters<typeof createLocalJWKSet>[0]);
}

function unavailable(): SecretError {
  const message =
    "the keys of the token's issuer cannot be loaded now, so the token cannot be checked; try again later";
  return new SecretError({ reason: "ISSUER_UNAVAILABLE", message });
}
