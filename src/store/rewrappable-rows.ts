import type { StoredToken, StoredUser } from "./identity-rows.ts";
import type { StoredSecret } from "./secret-rows.ts";

/** The kinds of rows that a keyring key encrypts or authenticates. */
export type KeyedKind = "secrets" | "history" | "users" | "tokens" | "idempotency";

/** How many rows of one kind are under a keyring key; more than none. */
export interface KeyUse {
  readonly kind: KeyedKind;
  readonly kid: string;
  readonly rows: number;
}

/** Rows that can be put under another key: all but answers to requests, whose MAC is over a request that is not kept. */
export interface RewrappableRows {
  readonly secrets: StoredSecret;
  readonly history: StoredSecret;
  readonly users: StoredUser;
  readonly tokens: StoredToken;
}

export type RewrappableKind = keyof RewrappableRows;

export interface KeyedPage<Row> {
  readonly rows: readonly Row[];
  /** Where to continue; undefined when there is nothing more. */
  readonly next: string | undefined;
}

/** A row put under another key. Nothing of it changes but `kid` and its envelope or MAC. */
export interface Rewrap {
  readonly kind: RewrappableKind;
  readonly tenant: string;
  /** Its key, slug or id. */
  readonly name: string;
  /** Of a secret; 0 for others. */
  readonly version: number;
  /** Its envelope or MAC as it was read. With another one it was written since, and stays as it is. */
  readonly former: Uint8Array;
  readonly kid: string;
  /** The new envelope or MAC. */
  readonly proof: Uint8Array;
}
