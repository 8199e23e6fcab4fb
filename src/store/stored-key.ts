/** A key that the store's content depends on. */
export interface StoredKey {
  readonly kid: string;
  /**
   * `keyring`: `data` lets a keyring key prove itself. `audit`: `data` is the audit key, `kid` the keyring key it was made
   * under. `sealing`: `data` is the private key that opens values sealed for `kid`; empty when it was destroyed. Both are
   * wrapped by a keyring key that the data names. `restoring`: no key, but a mark: a restore into this store has not ended.
   */
  readonly purpose: "keyring" | "audit" | "sealing" | "restoring";
  readonly data: Uint8Array;
  readonly createdAtMs: number;
}
