import { setImmediate } from "node:timers/promises";
import type { AuditSink } from "../audit/chain.ts";
import { signCheckpoint } from "../audit/checkpoint.ts";
import type { AuditRecord, ChainedRecord } from "../audit/record.ts";
import { type AuditProblem, type AuditVerifier, createAuditVerifier } from "../audit/verifier.ts";
import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { anonymousRecord } from "../rules/decision-record.ts";
import { firstTenant } from "../rules/secret-key.ts";

export interface DroppedAudit {
  readonly records: number;
  /** In a chain with a bad record, nothing is dropped from that record on. */
  readonly problems: readonly AuditProblem[];
}

/**
 * Drops audit records older than `retentionMs` from the start of each chain, and signs where the chain continues. Only
 * records that verify are dropped: a checkpoint must not legitimise an edit. The drop is recorded.
 */
export async function dropOldAudit(context: Context, retentionMs: number): Promise<DroppedAudit> {
  const { store, auditKey } = context;
  const beforeMs = context.now() - retentionMs;
  const [chains, checkpoints] = await Promise.all([store.listChains(), store.listCheckpoints()]);
  const verifier = createAuditVerifier({ auditKey, chains, checkpoints });
  let records = 0;
  for (const sink of ["changes", "access"] as const) {
    const old = await findOld(context, verifier, sink, beforeMs);
    for (const { chain, position, mac, timeMs } of old.lasts) {
      await store.dropAudit(signCheckpoint(auditKey, { chain, sink, position, lastMac: mac, lastTimeMs: timeMs }));
    }
    records += old.count;
  }
  if (records > 0) await context.accessLog.record([dropRecord(context, records, beforeMs)]);
  return { records, problems: verifier.finish().problems };
}

/** Finds the last record of each chain before its first young one, and how many old records there are in all. */
async function findOld({ store }: Context, verifier: AuditVerifier, sink: AuditSink, beforeMs: number) {
  const lasts = new Map<string, ChainedRecord>();
  const young = new Set<string>();
  let count = 0;
  for (let after: string | undefined = ""; after !== undefined; ) {
    const { records, next }: Awaited<ReturnType<typeof store.readAudit>> = await store.readAudit(
      sink,
      after,
      limits.verifiedRecords,
    );
    for (const record of verifier.check(sink, records)) {
      if (record.timeMs >= beforeMs) young.add(record.chain);
      if (young.has(record.chain)) continue;
      lasts.set(record.chain, record);
      count += 1;
    }
    after = next;
    await setImmediate();
  }
  return { lasts: [...lasts.values()], count };
}

function dropRecord(context: Context, count: number, beforeMs: number): AuditRecord {
  const filter = `before=${new Date(beforeMs).toISOString()}`;
  const entry = { action: "audit.drop", decision: "allowed", rule: "retention", count, filter } as const;
  return anonymousRecord(firstTenant, context.now(), entry);
}
