import type { AccessLog } from "../audit/access-log.ts";
import type { AuditDecision, AuditRecord } from "../audit/record.ts";
import { type Failure, type Reason, SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { Principal } from "./access.ts";

/** The caller, and where the call comes from. */
export interface CallInfo {
  readonly caller: Principal;
  readonly requestId: string;
  readonly peer: string;
  /** Undefined where memory is not counted. */
  readonly room?: Room | undefined;
}

/** The memory that a call may use. */
export interface Room {
  /**
   * To be awaited before a call uses `bytes`, if that is more than a small call needs. What it read before should be
   * dropped, because it may have to wait. Throws RATE_LIMITED when too many calls wait.
   */
  grow(bytes: number): Promise<void>;
}

/** What is needed to record a decision. */
export interface AuditContext {
  readonly accessLog: AccessLog;
  /** Milliseconds since 1970. */
  now(): number;
}

/** What differs between the records of one call. */
export interface AuditEntry {
  readonly action: string;
  readonly decision: AuditDecision;
  readonly rule: string;
  readonly key?: string;
  readonly version?: number;
  readonly count?: number;
  readonly names?: readonly string[];
  readonly filter?: string;
}

/** The record of one action of a call, carried out or refused. Only the first names are recorded. */
export function auditRecord(call: CallInfo, timeMs: number, entry: AuditEntry): AuditRecord {
  return {
    timeMs,
    tenant: call.caller.tenant,
    principal: call.caller.slug,
    action: entry.action,
    key: entry.key ?? "",
    version: entry.version ?? 0,
    decision: entry.decision,
    rule: entry.rule,
    requestId: call.requestId,
    peer: call.peer,
    count: entry.count ?? 0,
    names: (entry.names ?? []).slice(0, limits.auditNames),
    filter: entry.filter ?? "",
  };
}

/**
 * The record of an action of the service itself, or of an unknown caller: it names no principal. `peer` is "" for the
 * service itself.
 */
export function anonymousRecord(tenant: string, timeMs: number, entry: AuditEntry, peer = ""): AuditRecord {
  const caller = { tenant, slug: "", roles: [], admin: false, operator: false, grants: [] };
  return auditRecord({ caller, requestId: "", peer }, timeMs, entry);
}

/** Reasons that mean "you may not", as opposed to "this cannot be done". */
const denials: ReadonlySet<Reason> = new Set([
  "MISSING_RIGHT",
  "FOREIGN_PREFIX",
  "ADMIN_ONLY",
  "OPERATOR_ONLY",
  "NOT_GRANTED",
  "NOT_FOUND",
]);

/**
 * Records a refusal and returns the error to throw. Each item gets a record. When many items share a reason, they get
 * one record together, and NOT_FOUND failures always do. This limits what an attacker can write into the log.
 */
export async function refuse(
  context: AuditContext,
  call: CallInfo,
  action: string,
  failures: readonly [Failure, ...Failure[]],
): Promise<SecretError> {
  const error = new SecretError(...failures);
  await context.accessLog.record(refusalRecords(call, context.now(), action, failures));
  error.audited = true;
  return error;
}

/** The same for any number of failures: records and throws them. Returns when there are none. */
export async function refuseAny(
  context: AuditContext,
  call: CallInfo,
  action: string,
  failures: readonly Failure[],
): Promise<void> {
  const [first, ...rest] = failures;
  if (first !== undefined) throw await refuse(context, call, action, [first, ...rest]);
}

/** The records of a refusal, as `refuse` writes them. `filter` says what kind of call it was. */
export function refusalRecords(
  call: CallInfo,
  timeMs: number,
  action: string,
  failures: readonly Failure[],
  filter = "",
): AuditRecord[] {
  const records: AuditRecord[] = [];
  for (const [reason, group] of Map.groupBy(failures, (failure) => failure.reason)) {
    const decision = denials.has(reason) ? "denied" : "refused";
    const rule = ruleOf(reason);
    if (group.length > limits.auditNames || reason === "NOT_FOUND") {
      const names = group.map((failure) => failure.key ?? "").filter((name) => name !== "");
      records.push(auditRecord(call, timeMs, { action, decision, rule, count: group.length, names, filter }));
    } else {
      for (const { key = "" } of group)
        records.push(auditRecord(call, timeMs, { action, decision, rule, key, filter }));
    }
  }
  return records;
}

/** The rule under which a refusal is recorded, such as `missing-right`. */
export function ruleOf(reason: Reason): string {
  return reason.toLowerCase().replaceAll("_", "-");
}
