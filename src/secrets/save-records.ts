import type { AuditRecord } from "../audit/record.ts";
import { createdFilter, planAction, removeAction, unchangedAction } from "../audit/save-action.ts";
import { auditRecord, type CallInfo, refusalRecords } from "../rules/decision-record.ts";
import type { SavePlan } from "./plan-save.ts";
import { damagedFilter } from "./replace-damaged.ts";

/** A plan, with what its answer and its audit record need. */
export interface Planned {
  readonly action: string;
  readonly key: string;
  readonly plan: SavePlan;
}

/**
 * The records of a plan. What it would be denied is recorded as the refusal of a save is: together, when it is much.
 */
export function planRecords(call: CallInfo, nowMs: number, plans: readonly Planned[]): readonly AuditRecord[] {
  const allowed = { action: planAction, decision: "allowed" } as const;
  const records = plans.flatMap(({ action, key, plan }) => {
    if (plan.kind === "unchanged") {
      const { rule, stored } = plan;
      return auditRecord(call, nowMs, { ...allowed, rule, key, version: stored.version, filter: "unchanged" });
    }
    if (plan.kind !== "write") return [];
    const { rule, fields, outcome } = plan;
    const filter = action === removeAction ? "removed" : outcome;
    return auditRecord(call, nowMs, { ...allowed, rule, key, version: fields.version, filter });
  });
  const denied = plans.flatMap(({ key, plan }) => (plan.kind === "forbidden" ? { ...plan.failure, key } : []));
  return [...records, ...refusalRecords(call, nowMs, planAction, denied, "forbidden")];
}

/** The records of what a save changes: they belong into its commit. */
export function changeRecords(call: CallInfo, nowMs: number, plans: readonly Planned[]): readonly AuditRecord[] {
  return plans.flatMap(({ action, key, plan }) => {
    if (plan.kind !== "write") return [];
    const { rule, fields, outcome, replacesDamaged } = plan;
    const isRevival = action !== removeAction && outcome === "created" && fields.version > 1;
    const filter = replacesDamaged === true ? damagedFilter : isRevival ? createdFilter : "";
    return auditRecord(call, nowMs, { action, decision: "allowed", rule, key, version: fields.version, filter });
  });
}

/**
 * The records of what a save leaves as it is. They belong into the log of access: in the log of changes, a search for
 * the last change of a secret would have to pass all of them.
 */
export function unchangedRecords(call: CallInfo, nowMs: number, plans: readonly Planned[]): readonly AuditRecord[] {
  return plans.flatMap(({ key, plan }) => {
    if (plan.kind !== "unchanged") return [];
    const { rule, stored } = plan;
    const entry = { action: unchangedAction, decision: "allowed", rule, key, version: stored.version } as const;
    return auditRecord(call, nowMs, entry);
  });
}

/** The record of a commit that stores nothing but an answer. It is about no key, for the same reason. */
export function answerRecord(call: CallInfo, nowMs: number, keys: readonly string[]): AuditRecord {
  const entry = { action: unchangedAction, decision: "allowed", rule: "idempotency-key" } as const;
  return auditRecord(call, nowMs, { ...entry, count: keys.length, names: keys });
}

/** The record of a request that is answered with what it did the first time. */
export function repeatRecord(call: CallInfo, nowMs: number, count: number, key = ""): AuditRecord {
  const entry = { action: unchangedAction, decision: "allowed", rule: "repeated-request" } as const;
  return auditRecord(call, nowMs, { ...entry, count, key });
}
