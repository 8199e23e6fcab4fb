import type { AccessListName } from "../text/access-list-names.ts";

/** The six access lists of a secret: slugs and roles. Each list is sorted by bytes and has no duplicates. */
export type AccessLists = Readonly<Record<AccessListName, readonly string[]>>;

/** Pairs of a name and a value; an array, so that no name can be special. */
export type Metadata = readonly (readonly [name: string, value: string])[];

/**
 * A secret as it is stored. Everything but `kid` and `envelope` is associated data of the envelope. A frozen secret is
 * shared by several readers, so nothing in it may change.
 */
export interface StoredSecret {
  readonly format: number;
  readonly tenant: string;
  readonly id: string;
  readonly key: string;
  /** From 1; a removal is also a version. */
  readonly version: number;
  readonly owner: string;
  readonly lists: AccessLists;
  /** Sorted by the bytes of the names. */
  readonly metadata: Metadata;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly updatedAtMs: number;
  readonly updatedBy: string;
  readonly valueChangedAtMs: number;
  /** A removed secret retains its id, version counter and lists until it is purged. Lists of secrets leave it out. */
  readonly removed: boolean;
  /** The keyring key that encrypted the envelope: 16 hex digits. */
  readonly kid: string;
  readonly envelope: Uint8Array;
}

/** About how much memory a stored secret takes. */
export function memoryOf({ envelope, metadata, lists }: StoredSecret): number {
  let bytes = 300 + envelope.length;
  for (const [name, value] of metadata) bytes += name.length + value.length + 50;
  for (const entries of Object.values(lists)) for (const entry of entries) bytes += entry.length + 20;
  return bytes;
}

/** The response to an earlier request, stored so that a repeated request is not carried out again. */
export interface IdempotencyRecord {
  readonly tenant: string;
  readonly principal: string;
  readonly rpc: string;
  readonly key: string;
  /** Keyed HMAC of the request. */
  readonly requestMac: Uint8Array;
  /** The response, without any value. */
  readonly answer: string;
  readonly createdAtMs: number;
  readonly kid: string;
  /** Authenticates all of the above. */
  readonly mac: Uint8Array;
}
