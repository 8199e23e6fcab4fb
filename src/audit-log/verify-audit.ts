import { setImmediate } from "node:timers/promises";
import { type AuditHead, readHead, signHead } from "../audit/head.ts";
import { type AuditProblem, createAuditVerifier } from "../audit/verifier.ts";
import { SecretError } from "../error.ts";
import { silentMs } from "../keys/processes.ts";
import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo } from "../rules/decision-record.ts";
import { requireOperator, requireWholeToken } from "../rules/require-role.ts";
import type { AuditStore } from "../store/audit-store.ts";

/** The progress of a verification; at its end, the result. */
export interface VerificationProgress {
  readonly records: number;
  readonly result: VerificationResult | undefined;
}

export interface VerificationResult {
  /** The first problem of each chain. Empty when all records are as they were recorded. */
  readonly problems: readonly AuditProblem[];
  readonly chains: number;
  /** A signed statement of where the chains end; "" when there are problems. */
  readonly head: string;
}

const action = "audit.verify";
const progressRecords = 20 * limits.verifiedRecords;

/**
 * Checks all audit records of all tenants, and that nothing up to `head` is missing; "" for no head. Operators only.
 */
export async function* verifyAudit(
  context: Context,
  call: CallInfo,
  head: string,
  signal: AbortSignal,
): AsyncIterable<VerificationProgress> {
  await requireWholeToken(context, call, action);
  await requireOperator(context, call, action, "verify the audit log");
  const expected = checkHead(context, head);
  const filter = head === "" ? "" : "head";
  await context.accessLog.record([
    auditRecord(call, context.now(), { action, decision: "allowed", rule: "operator", filter }),
  ]);
  const isStale = await watchCheckpoints(context.store);
  let progress: VerificationProgress = { records: 0, result: undefined };
  for (;;) {
    for await (progress of verifyOnce(context, expected, signal)) if (progress.result === undefined) yield progress;
    // Records that were dropped for their age in the meantime are not missing.
    if (progress.result === undefined || progress.result.problems.length === 0 || !(await isStale())) break;
  }
  yield progress;
}

function checkHead({ auditKey }: Context, text: string): AuditHead | undefined {
  if (text === "") return undefined;
  const field = "head";
  const max = limits.auditHeadBytes;
  if (text.length > max) {
    const message = `head must be at most ${max} bytes`;
    throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field, limit: max, actual: text.length });
  }
  const head = readHead(auditKey, text.trim());
  if (head !== undefined) return head;
  throw new SecretError({ reason: "INVALID_FIELD", message: "head is not a head of this service's audit log", field });
}

async function* verifyOnce(
  { store, auditKey, now }: Context,
  head: AuditHead | undefined,
  signal: AbortSignal,
): AsyncIterable<VerificationProgress> {
  const timeMs = now();
  const [chains, checkpoints] = await Promise.all([store.listChains(), store.listCheckpoints()]);
  // Asked after the chains are known: a process that has registered one has registered itself before.
  const running = new Set((await store.listProcesses(silentMs)).map(({ id }) => id));
  const isRunning = (process: string) => running.has(process);
  const verifier = createAuditVerifier({ auditKey, chains, checkpoints, head, isRunning });
  let records = 0;
  for (const sink of ["changes", "access"] as const) {
    for (let after: string | undefined = ""; after !== undefined; ) {
      const page = await store.readAudit(sink, after, limits.verifiedRecords);
      verifier.check(sink, page.records);
      records += page.records.length;
      if (page.records.length > 0 && records % progressRecords === 0) yield { records, result: undefined };
      if (signal.aborted) return;
      after = page.next;
      await setImmediate();
    }
  }
  const { problems, ends } = verifier.finish();
  const isIntact = problems.length === 0;
  const result = {
    problems: problems.slice(0, limits.auditProblems),
    chains: chains.length,
    head: isIntact ? signHead(auditKey, { timeMs, ends: ends.filter(({ position }) => position > 0) }) : "",
  };
  yield { records, result };
}

/** Each call of the returned function says whether records have been dropped since the call before. */
async function watchCheckpoints(store: AuditStore): Promise<() => Promise<boolean>> {
  const look = async () =>
    JSON.stringify((await store.listCheckpoints()).map(({ chain, position }) => [chain, position]));
  let seen = await look();
  return async () => {
    const before = seen;
    seen = await look();
    return seen !== before;
  };
}
