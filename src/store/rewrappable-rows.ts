import type { StoredPermit, StoredToken, StoredUser } from "./identity-rows.ts";
import type { StoredSecret } from "./secret-rows.ts";

/** The kinds of rows that a keyring key encrypts or authenticates. */
export type KeyedKind = "secrets" | "history" | "users" | "tokens" | "permits" | "idempotency";

/** How many rows of one kind are under a keyring key; at least one. */
export interface KeyUse {
  readonly kind: KeyedKind;
  readonly kid: string;
  readonly rows: number;
}

/**
 * Rows that can be put under another key: all except idempotency records, whose MAC is over a request that is not
 * stored.
 */
export interface RewrappableRows {
  readonly secrets: StoredSecret;
  readonly history: StoredSecret;
  readonly users: StoredUser;
  readonly tokens: StoredToken;
  readonly permits: StoredPermit;
}

export type RewrappableKind = keyof RewrappableRows;

export const rewrappableKinds: readonly RewrappableKind[] = ["secrets", "history", "users", "tokens", "permits"];

export interface KeyedPage<Row> {
  readonly rows: readonly Row[];
  /** Where to continue; undefined when there is nothing more. */
  readonly next: string | undefined;
}

/**
 * A row to put under another key. Only its `kid` and its envelope or MAC change, and what is encrypted in a session.
 */
export interface Rewrap {
  readonly kind: RewrappableKind;
  readonly tenant: string;
  /** Key, slug, id or name of the row. */
  readonly name: string;
  /** The version of a secret; 0 for other rows. */
  readonly version: number;
  /** The envelope or MAC as it was read. A row with another one was written since then, and stays as it is. */
  readonly former: Uint8Array;
  readonly kid: string;
  /** The new envelope or MAC. */
  readonly proof: Uint8Array;
  /** Of a session with one: encrypted under the other key. */
  readonly refreshToken?: Uint8Array | undefined;
}
