import { encodeCanonical } from "../crypto/canonical.ts";

export type AuditDecision = "allowed" | "denied" | "refused";

/**
 * One decision. The fields are an allow-list: nothing else can be recorded, so a value never is. Empty text and 0 stand
 * for "does not apply".
 */
export interface AuditRecord {
  readonly timeMs: number;
  readonly tenant: string;
  readonly principal: string;
  /** `secret.read`, `secret.list`, `secret.save`, `secret.remove`, `user.save`, `token.create`, … */
  readonly action: string;
  /** The secret, user or token that the decision is about, if it is about one. */
  readonly key: string;
  readonly version: number;
  readonly decision: AuditDecision;
  /** The rule that decided, such as `admin`, `slug-listed`, `not-listed`, `integrity`. */
  readonly rule: string;
  readonly requestId: string;
  readonly peer: string;
  /** How many items the record stands for, when it stands for many. */
  readonly count: number;
  /** The first of them, `limits.auditNames` at most. */
  readonly names: readonly string[];
  /** The filter of a list. */
  readonly filter: string;
}

/** A record in its chain. */
export interface ChainedRecord extends AuditRecord {
  readonly chain: string;
  /** From 1, without gaps. */
  readonly position: number;
  readonly mac: Uint8Array;
}

export const recordLabel = "secret-svc/audit/v1";

/** The bytes that are authenticated. Frozen in `test/vectors/audit.json`. */
export function encodeAuditRecord(chain: string, position: number, record: AuditRecord): Buffer {
  return encodeCanonical(recordLabel, [
    chain,
    position,
    record.timeMs,
    record.tenant,
    record.principal,
    record.action,
    record.key,
    record.version,
    record.decision,
    record.rule,
    record.requestId,
    record.peer,
    record.count,
    record.names,
    record.filter,
  ]);
}
