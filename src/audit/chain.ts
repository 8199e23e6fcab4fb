import { createHmac, type KeyObject } from "node:crypto";
import { encodeCanonical } from "../crypto/canonical.ts";
import { type AuditRecord, type ChainedRecord, encodeAuditRecord } from "./record.ts";

/**
 * Each sink has a chain for each process. Records in `changes` commit with what they record; all others are in
 * `access`.
 */
export type AuditSink = "changes" | "access";

/**
 * One process's chain in one sink: `mac = HMAC(audit key, previous mac ‖ record)`. The first record follows a start
 * record of the chain. An edited, dropped or reordered record breaks the chain. A missing tail is detected only by
 * comparison with an exported signed head.
 */
export interface Chain {
  readonly id: string;
  readonly sink: AuditSink;
  /**
   * Assigns the next positions to `records`. Takes effect only when `commit` is called, so that a rolled-back append
   * leaves no gap.
   */
  extend(records: readonly AuditRecord[]): Extension;
}

/** Records with their places in a chain. */
export interface Extension {
  readonly chained: readonly ChainedRecord[];
  /** The bytes that each of them authenticates. */
  readonly encoded: readonly Buffer[];
  commit(): void;
}

/** MAC under which the start of a chain is registered in the store; also the "previous mac" of its first record. */
export function chainStartMac(auditKey: KeyObject, id: string, sink: AuditSink, startedAtMs: number): Buffer {
  return hmac(auditKey, encodeCanonical("secret-svc/audit-chain/v1", [id, sink, startedAtMs]));
}

/**
 * `startMac` is `chainStartMac` of the registered chain; for one that has records, the MAC of the last one, which is at
 * `position`. One writer only: calls must not interleave between extend and commit.
 */
export function createChain(
  auditKey: KeyObject,
  id: string,
  sink: AuditSink,
  startMac: Uint8Array,
  startPosition = 0,
): Chain {
  let position = startPosition;
  let previous: Uint8Array = startMac;
  return {
    id,
    sink,
    extend(records) {
      let nextPosition = position;
      let mac = previous;
      const encoded: Buffer[] = [];
      const chained = records.map((record): ChainedRecord => {
        nextPosition += 1;
        const bytes = encodeAuditRecord(id, nextPosition, record);
        encoded.push(bytes);
        mac = hmac(auditKey, mac, bytes);
        return { ...record, chain: id, position: nextPosition, mac };
      });
      return {
        chained,
        encoded,
        commit() {
          position = nextPosition;
          previous = mac;
        },
      };
    },
  };
}

function hmac(key: KeyObject, ...parts: readonly Uint8Array[]): Buffer {
  const mac = createHmac("sha256", key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}
