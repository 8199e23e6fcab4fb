import { createHmac, type KeyObject } from "node:crypto";
import { encodeCanonical } from "../crypto/canonical.ts";
import { isSameBytes } from "../crypto/same-bytes.ts";
import type { AuditSink } from "./chain.ts";

/** Where a chain continues after its oldest records were dropped: all up to and including `position`. */
export interface AuditCheckpoint {
  readonly chain: string;
  readonly sink: AuditSink;
  readonly position: number;
  /** MAC of the last dropped record: the "previous mac" of the one after it. */
  readonly lastMac: Uint8Array;
  /** Time of the last dropped record. */
  readonly lastTimeMs: number;
  /**
   * Authenticates all of the above under the audit key. An attacker without it cannot hide missing records behind a
   * checkpoint.
   */
  readonly mac: Uint8Array;
}

/** Signs a checkpoint. Throws RangeError for a position or a time that is not an unsigned safe integer. */
export function signCheckpoint(auditKey: KeyObject, checkpoint: Omit<AuditCheckpoint, "mac">): AuditCheckpoint {
  return { ...checkpoint, mac: checkpointMac(auditKey, checkpoint) };
}

/** Whether a checkpoint was signed with the audit key. */
export function isSignedCheckpoint(auditKey: KeyObject, checkpoint: AuditCheckpoint): boolean {
  const { position, lastTimeMs, mac } = checkpoint;
  if (!Number.isSafeInteger(position) || position < 1 || !Number.isSafeInteger(lastTimeMs) || lastTimeMs < 0)
    return false;
  const expected = checkpointMac(auditKey, checkpoint);
  return isSameBytes(mac, expected);
}

function checkpointMac(auditKey: KeyObject, checkpoint: Omit<AuditCheckpoint, "mac">): Buffer {
  const { chain, sink, position, lastMac, lastTimeMs } = checkpoint;
  const bytes = encodeCanonical("secret-svc/audit-checkpoint/v1", [chain, sink, position, lastMac, lastTimeMs]);
  return createHmac("sha256", auditKey).update(bytes).digest();
}
