import type { AuditCheckpoint } from "../audit/checkpoint.ts";
import type { ChainEnd } from "../audit/head.ts";
import type { ChainedRecord } from "../audit/record.ts";
import type { RegisteredChain } from "../audit/verifier.ts";
import type { StoredPermit, StoredToken, StoredUser } from "./identity-rows.ts";
import type { KeyUse } from "./rewrappable-rows.ts";
import type { StoredSecret } from "./secret-rows.ts";
import type { StoredKey } from "./stored-key.ts";

/**
 * All of a store as it was at one moment, for a backup. It writes nothing, and services continue to write meanwhile.
 * Names are ordered by their bytes. All methods throw `StoreError`.
 */
export interface StoreSnapshot {
  /** By tenant and key; removed ones included. */
  secrets(): AsyncIterable<StoredSecret>;
  /** Retained versions, also the current ones: by tenant and key, those of one key in no particular order. */
  history(): AsyncIterable<StoredSecret>;
  /** By tenant and slug; removed ones included. */
  users(): AsyncIterable<StoredUser>;
  /** By tenant and id. */
  tokens(): AsyncIterable<StoredToken>;
  /** By tenant and name. */
  permits(): AsyncIterable<StoredPermit>;
  /** The limits of tenants that have limits of their own, by tenant. */
  quotas(): AsyncIterable<{ readonly tenant: string; readonly limits: string }>;
  listKeys(): Promise<readonly StoredKey[]>;
  /** As in `KeyStore`. */
  countByKey(nowMs: number): Promise<readonly KeyUse[]>;
  listChains(): Promise<readonly RegisteredChain[]>;
  listCheckpoints(): Promise<readonly AuditCheckpoint[]>;
  /** Records of changes, those of each chain in their order. */
  changes(): AsyncIterable<ChainedRecord>;
  /** Where the chains of both sinks end, also those whose records were all dropped. */
  chainEnds(): Promise<readonly ChainEnd[]>;
  close(): Promise<void>;
}

/** The ends of chains that have records, and of those that have only a checkpoint left. */
export function withDroppedChains(
  ends: readonly ChainEnd[],
  checkpoints: readonly AuditCheckpoint[],
): readonly ChainEnd[] {
  const known = new Set(ends.map(({ chain }) => chain));
  const dropped = checkpoints.filter(({ chain }) => !known.has(chain));
  return [...ends, ...dropped.map(({ chain, position, lastMac }) => ({ chain, position, mac: lastMac }))];
}
