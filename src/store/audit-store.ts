import type { KeyObject } from "node:crypto";
import type { AuditSink } from "../audit/chain.ts";
import type { AuditCheckpoint } from "../audit/checkpoint.ts";
import type { AuditRecord, ChainedRecord } from "../audit/record.ts";
import type { RegisteredChain } from "../audit/verifier.ts";
import type { AuditPage, AuditQuery } from "./audit-page.ts";

/** The part of a store that holds the audit log: records in chains, where each chain starts, and checkpoints. */
export interface AuditStore {
  /** Registers this process's chains, one per sink. Nothing can be appended or committed before. */
  beginAudit(options: { auditKey: KeyObject; chain: string; startedAtMs: number }): Promise<void>;
  /** Appends to the `access` chain. Resolves when the records survive a crash of the process, or of the machine if so configured. */
  appendAccess(records: readonly AuditRecord[]): Promise<void>;
  /** From both sinks, newest first (then by chain and position, descending). */
  listAudit(query: AuditQuery): Promise<readonly ChainedRecord[]>;
  /** The registered chains with their start MACs, for verification. */
  listChains(): Promise<readonly RegisteredChain[]>;
  /** All records of a sink, of every tenant, those of each chain in their order. `after` is the `next` of the page before, or "". */
  readAudit(sink: AuditSink, after: string, limit: number): Promise<AuditPage>;
  listCheckpoints(): Promise<readonly AuditCheckpoint[]>;
  /** Stores the checkpoint of its chain, unless a later one is there, and drops the records up to its position. */
  dropAudit(checkpoint: AuditCheckpoint): Promise<void>;
}
