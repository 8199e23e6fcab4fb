import { closeAction, closedAfter, processOfJournal } from "../audit/journal-end.ts";
import { SecretError } from "../error.ts";
import { silentMs } from "../keys/processes.ts";
import { limits } from "../limits.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo, refuse } from "../rules/decision-record.ts";
import { requireOperator, requireWholeToken } from "../rules/require-role.ts";

/**
 * Records that nothing more will come of a chain after its last record: its journal is lost. A verification does not
 * report the chain as unfinished as long as this record is its last one. The chain itself stays as it is, and a journal
 * that comes back is still recovered. Answers the position of that record, 0 when the chain has none. Operators only.
 */
export async function closeAuditChain(context: Context, call: CallInfo, chain: string): Promise<number> {
  const action = closeAction;
  const field = "chain";
  await requireWholeToken(context, call, action);
  await requireOperator(context, call, action, "close a chain of the audit log");
  if (chain.length > limits.chainNameBytes || !nameForm.test(chain)) {
    const message = `chain must have 1 to ${limits.chainNameBytes} characters: letters, digits, "@", "." and "-"`;
    throw new SecretError({ reason: "INVALID_FIELD", message, field });
  }
  const process = processOfJournal(chain);
  const chains = await context.store.listChains();
  if (process === undefined || !chains.some((registered) => registered.chain === chain)) {
    const message = "there is no chain of this name that has a journal";
    throw await refuse(context, call, action, [{ reason: "NOT_FOUND", message, field }]);
  }
  const running = await context.store.listProcesses(silentMs);
  if (running.some(({ id }) => id === process)) {
    const message = `the process of chain ${chain} runs; a process that was killed counts as running for ${silentMs / 1000} seconds`;
    throw await refuse(context, call, action, [{ reason: "IN_USE", message, field }]);
  }
  const position = await lastPosition(context, chain);
  const filter = closedAfter(position);
  const entry = { action, decision: "allowed", rule: "operator", key: chain, filter } as const;
  await context.accessLog.record([auditRecord(call, context.now(), entry)]);
  return position;
}

const nameForm = /^[A-Za-z0-9@.-]+$/;

/** The records of an old chain may have been dropped, up to its checkpoint. */
async function lastPosition({ store }: Context, chain: string): Promise<number> {
  const [stored, checkpoints] = await Promise.all([store.lastPosition("access", chain), store.listCheckpoints()]);
  const dropped = checkpoints.find((checkpoint) => checkpoint.chain === chain)?.position ?? 0;
  return Math.max(stored, dropped);
}
