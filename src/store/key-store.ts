import type { KeyedPage, KeyUse, Rewrap, RewrappableKind, RewrappableRows } from "./rewrappable-rows.ts";
import type { StoredKey } from "./stored-key.ts";

/** The part of a store that holds the keys its content depends on, and that puts rows under another key. */
export interface KeyStore {
  listKeys(): Promise<readonly StoredKey[]>;
  /** Adds a key unless one with this kid and purpose is there already; at most one `audit` key is ever kept. Idempotent. */
  addKey(key: StoredKey): Promise<void>;
  /** Replaces the data of the key with this kid and purpose, if it still is `former`: wrapped anew. False otherwise. */
  replaceKeyData(key: Pick<StoredKey, "kid" | "purpose" | "data">, former: Uint8Array): Promise<boolean>;
  /** Deletes a key; one that is not there is fine. */
  removeKey(key: Pick<StoredKey, "kid" | "purpose">): Promise<void>;
  /**
   * Marks the store as one that is being restored, in the place of the mark with the kid `former`, or of none. False, and
   * nothing is done, when that is not what is there any more. From then on and until the mark is removed, keys, chains and commits of
   * this object are written only while it is there, and throw `StoreError` when somebody else has put theirs in its place.
   */
  takeRestoreMark(mark: Pick<StoredKey, "kid" | "createdAtMs">, former: string | undefined): Promise<boolean>;
  /** The restore is whole. Throws `StoreError` when the mark that was taken here is there no longer. */
  removeRestoreMark(): Promise<void>;
  /** How many rows depend on each keyring key. Answers to requests that no longer count are left out. */
  countByKey(nowMs: number): Promise<readonly KeyUse[]>;
  /** Rows under a keyring key, `limit` at most, in an order of the store's own; `after` is "" or a page's `next`. */
  listUnderKey<Kind extends RewrappableKind>(
    kind: Kind,
    kid: string,
    after: string,
    limit: number,
  ): Promise<KeyedPage<RewrappableRows[Kind]>>;
  /** Puts rows under another key, each by itself. Answers how many were still as they had been read. */
  rewrap(rewraps: readonly Rewrap[]): Promise<number>;
  /** Deletes the answers to requests that are under these keyring keys. */
  forgetIdempotency(kids: readonly string[]): Promise<void>;
}
