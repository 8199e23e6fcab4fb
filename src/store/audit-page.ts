import type { AuditDecision, ChainedRecord } from "../audit/record.ts";
import { compareBytes } from "../text/byte-order.ts";

/**
 * The audit records of a tenant for which all of this holds, newest first. A record at `fromMs` is included, one at
 * `toMs` is not.
 */
export interface AuditQuery {
  readonly tenant: string;
  readonly key?: string;
  /** The whole key matches this glob. Not together with `key`. */
  readonly keyGlob?: string;
  readonly principal?: string;
  /** The action is one of these. */
  readonly actions?: readonly string[];
  /** The action begins with this text, such as `secret.`. */
  readonly actionPrefix?: string;
  readonly decision?: AuditDecision;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Continue after this record: the last one of the previous page. */
  readonly after?: { readonly timeMs: number; readonly chain: string; readonly position: number };
  readonly limit: number;
}

export interface AuditPage {
  readonly records: readonly ChainedRecord[];
  /** Where the next page starts; undefined when there are no more records. */
  readonly next: string | undefined;
}

/** The order of audit records in a response, across chains and sinks. */
export function newestFirst(a: ChainedRecord, b: ChainedRecord): number {
  return b.timeMs - a.timeMs || compareBytes(b.chain, a.chain) || b.position - a.position;
}

/** Asks for the newest records in the log of changes about one secret, user or token. */
export interface ChangeQuery {
  readonly tenant: string;
  /** Key, slug or id. */
  readonly name: string;
  /** The beginning of the action, such as `secret.`. */
  readonly action: string;
  /** Only records with a version above 0. */
  readonly isVersioned: boolean;
}

/** What such a record says about the row. */
export interface RecordedChange {
  readonly chain: string;
  readonly position: number;
  readonly timeMs: number;
  readonly action: string;
  readonly version: number;
  readonly filter: string;
}

/** The action of most records of access. The index by action leaves it out, so that a read costs no entry there. */
export const commonAction = "secret.read";

/** Keys whose records are merged for a glob. With more, the records of the whole tenant are looked through instead. */
export const mergedKeys = 100;

/** Asks who read secrets of a tenant. */
export interface ReaderQuery {
  readonly key: string;
  /** Only reads from then on. */
  readonly fromMs: number;
}

/** The newest records of access to a key that are looked at, and the readers that are named. */
export interface ReaderLimits {
  readonly records: number;
  readonly readers: number;
}

/** What the newest records of access to a key say about one reader. */
export interface RecordedReader {
  readonly slug: string;
  readonly lastReadAtMs: number;
  /** The version that was read then. */
  readonly version: number;
  readonly reads: number;
}
