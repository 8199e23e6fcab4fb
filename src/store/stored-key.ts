/** A key that the store's content depends on. */
export interface StoredKey {
  readonly kid: string;
  /**
   * `keyring`: `data` is the check of a keyring key, by which it is recognised. `audit`: `data` is the audit key, and
   * `kid` the keyring key under which it was made. `sealing`: `data` is the private key that opens values sealed for
   * `kid`; it is empty when the key was destroyed. Both are wrapped by a keyring key that the data names. `restoring`
   * and `starting` are marks, not keys: a restore into this store, or its first start, has not ended. `data` of the
   * latter is a MAC under the keyring key `kid`.
   */
  readonly purpose: "keyring" | "audit" | "sealing" | "restoring" | "starting";
  readonly data: Uint8Array;
  readonly createdAtMs: number;
}

/** Purposes of rows that are not keys. They come and go. */
export const markPurposes: readonly StoredKey["purpose"][] = ["restoring", "starting"];

/** Purposes of keys that cannot be made again: their names are in the facts of a store. */
export const lastingPurposes: readonly StoredKey["purpose"][] = ["audit", "sealing"];
