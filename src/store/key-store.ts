import type { KeyedPage, KeyUse, Rewrap, RewrappableKind, RewrappableRows } from "./rewrappable-rows.ts";
import type { StoredKey } from "./stored-key.ts";

/** The part of a store that holds the keys its content depends on, and that puts rows under another key. */
export interface KeyStore {
  listKeys(): Promise<readonly StoredKey[]>;
  /** Adds a key unless one with this kid and purpose exists. The store holds at most one `audit` key. Idempotent. */
  addKey(key: StoredKey): Promise<void>;
  /**
   * Replaces the data of the key with this kid and purpose, which is how a key is rewrapped. False when that data is no
   * longer `former`.
   */
  replaceKeyData(key: Pick<StoredKey, "kid" | "purpose" | "data">, former: Uint8Array): Promise<boolean>;
  /** Deletes a key. It is not an error when the key does not exist. */
  removeKey(key: Pick<StoredKey, "kid" | "purpose">): Promise<void>;
  /**
   * Marks the store as one that is being restored. The mark replaces the one with the kid `former`; if that is
   * undefined, there must not be a mark. Returns false and does nothing when the store holds another mark by now. Until
   * the mark is removed, this object writes keys, chains and commits only while the mark is in the store, and throws
   * `StoreError` when another process has replaced it.
   */
  takeRestoreMark(mark: Pick<StoredKey, "kid" | "createdAtMs">, former: string | undefined): Promise<boolean>;
  /**
   * Removes the mark of this restore, when it is complete or has been abandoned. Throws `StoreError` when the mark that
   * this object took is no longer there.
   */
  removeRestoreMark(): Promise<void>;
  /** How many rows depend on each keyring key. Idempotency records that have expired are left out. */
  countByKey(nowMs: number): Promise<readonly KeyUse[]>;
  /**
   * At most `limit` rows under a keyring key, in an order that the store chooses. `after` is "" or the `next` of a
   * page.
   */
  listUnderKey<Kind extends RewrappableKind>(
    kind: Kind,
    kid: string,
    after: string,
    limit: number,
  ): Promise<KeyedPage<RewrappableRows[Kind]>>;
  /** Puts rows under another key, one by one, if they are still as they were when read. Returns how many were. */
  rewrap(rewraps: readonly Rewrap[]): Promise<number>;
  /** Deletes the idempotency records that are under these keyring keys. */
  forgetIdempotency(kids: readonly string[]): Promise<void>;
}
