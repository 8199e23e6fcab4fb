import type { KeyObject } from "node:crypto";
import type { AuditSink } from "../audit/chain.ts";
import type { AuditCheckpoint } from "../audit/checkpoint.ts";
import type { AuditRecord, ChainedRecord } from "../audit/record.ts";
import type { RegisteredChain } from "../audit/verifier.ts";
import type {
  AuditPage,
  AuditQuery,
  ChangeQuery,
  ReaderLimits,
  ReaderQuery,
  RecordedChange,
  RecordedReader,
} from "./audit-page.ts";

export interface BeginAudit {
  readonly auditKey: KeyObject;
  readonly chain: string;
  readonly startedAtMs: number;
  /** The clock of the journal. Default: that of the system. */
  readonly now?: () => number;
  /**
   * Called once, when this process can record nothing more until another one takes its place: the disk of its journal
   * has failed.
   */
  readonly onBroken?: (error: Error) => void;
}

/** The part of a store that holds the audit log: records in chains, where each chain starts, and checkpoints. */
export interface AuditStore {
  /** Registers this process's chains, one per sink. Nothing can be appended or committed before that. */
  beginAudit(options: BeginAudit): Promise<void>;
  /**
   * Appends to the `access` chain. Resolves when the records survive a crash of the process, and also one of the
   * machine if so configured.
   */
  appendAccess(records: readonly AuditRecord[]): Promise<void>;
  /**
   * The last records of this process reach the store, and its chain of access is ended: it takes no more of them. To be
   * called before the process is deregistered, so that the chain is never without an end and without its process.
   */
  endAccess(): Promise<void>;
  /**
   * Everything that the processes on this store have let out before this time, `nowMs` at the latest, has its records
   * in the store. Processes count that were heard of within `withinMs`; those of this one are stored first.
   */
  completeUntilMs(nowMs: number, withinMs: number): Promise<number>;
  /** Records of both sinks, newest first (then by chain and position, descending). */
  listAudit(query: AuditQuery): Promise<readonly ChainedRecord[]>;
  /**
   * For each query the newest records of allowed changes, `limit` at most, newest first by their time. The records are
   * not verified: that takes their whole chain.
   */
  newestChanges(queries: readonly ChangeQuery[], limit: number): Promise<readonly (readonly RecordedChange[])[]>;
  /**
   * For each query who read the value, the latest first. The records are not verified: that takes their whole chain.
   */
  newestReaders(
    tenant: string,
    queries: readonly ReaderQuery[],
    limits: ReaderLimits,
  ): Promise<readonly (readonly RecordedReader[])[]>;
  /** The registered chains with their start MACs, for verification. */
  listChains(): Promise<readonly RegisteredChain[]>;
  /**
   * Records of a sink, of all tenants. Those of each chain are in their order. `after` is the `next` of the previous
   * page, or "".
   */
  readAudit(sink: AuditSink, after: string, limit: number): Promise<AuditPage>;
  /** Position of the last stored record of a chain; 0 when there is none. */
  lastPosition(sink: AuditSink, chain: string): Promise<number>;
  listCheckpoints(): Promise<readonly AuditCheckpoint[]>;
  /** Stores the checkpoint of its chain, unless a later one is stored, and drops the records up to its position. */
  dropAudit(checkpoint: AuditCheckpoint): Promise<void>;
}
