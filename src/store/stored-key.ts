/** A key that the store's content depends on. */
export interface StoredKey {
  readonly kid: string;
  /**
   * `keyring`: `data` is the check of a keyring key, by which it is recognised. `audit`: `data` is the audit key, and
   * `kid` the keyring key under which it was made. `sealing`: `data` is the private key that opens values sealed for
   * `kid`; it is empty when the key was destroyed. Both are wrapped by a keyring key that the data names. `restoring`:
   * a mark, not a key; a restore into this store has not ended.
   */
  readonly purpose: "keyring" | "audit" | "sealing" | "restoring";
  readonly data: Uint8Array;
  readonly createdAtMs: number;
}
