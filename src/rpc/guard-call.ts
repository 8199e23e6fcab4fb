import { Code, ConnectError } from "@connectrpc/connect";
import { AuditUnavailableError } from "../audit/access-log.ts";
import { SecretError } from "../error.ts";
import type { Call } from "../http/call/call.ts";
import { knownError } from "../http/call/error.ts";
import type { Context } from "../rules/context.ts";
import { type AuditEntry, auditRecord, ruleOf } from "../rules/decision-record.ts";

export interface RefusalOptions {
  readonly context: Pick<Context, "accessLog" | "now">;
  /** Logs an error that the caller must not see. */
  readonly logError: (call: Call, method: string, error: unknown) => void;
}

/** A method, and its name in the audit log. */
export interface NamedAction {
  readonly name: string;
  readonly action: string;
}

/**
 * Translates what a call has thrown into an error that the caller may see. Logs one that the caller must not see, and
 * writes an audit record for a refusal that has none.
 */
export async function settleRefusal(
  options: RefusalOptions,
  call: Call,
  { name, action }: NamedAction,
  caught: unknown,
): Promise<unknown> {
  // What this version does not have is not an error of its own, and any caller could fill the log with it.
  if (caught instanceof ConnectError && caught.code === Code.Unimplemented) return caught;
  const error = knownError(caught);
  if (!(error instanceof SecretError) || error !== caught) options.logError(call, name, caught);
  // The caller has just waited in vain for the audit log. Do not make them wait a second time.
  if (error instanceof SecretError && !error.audited && error.reason !== "AUDIT_UNAVAILABLE") {
    const { reason, failures } = error;
    await recordRefusal(options, call, { action, rule: ruleOf(reason), count: failures.length });
  }
  return error;
}

/** Records that a call was refused. It is refused even if that cannot be recorded. */
export async function recordRefusal(
  { context }: Pick<RefusalOptions, "context">,
  call: Call,
  entry: Omit<AuditEntry, "decision">,
): Promise<void> {
  try {
    await context.accessLog.record([auditRecord(call, context.now(), { ...entry, decision: "refused" })]);
  } catch (failure) {
    if (!(failure instanceof AuditUnavailableError)) throw failure;
  }
}
