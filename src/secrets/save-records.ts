import type { AuditRecord } from "../audit/record.ts";
import { auditRecord, type CallInfo, refusalRecords } from "../rules/decision-record.ts";
import type { SavePlan } from "./plan-save.ts";
import { damagedFilter } from "./replace-damaged.ts";

/** A plan, with what its answer and its audit record need. */
export interface Planned {
  readonly action: string;
  readonly key: string;
  readonly plan: SavePlan;
}

/** The records of a save, or of a plan. What a plan would be denied is recorded as the refusal of a save is: together, when it is much. */
export function recordsOf(
  call: CallInfo,
  nowMs: number,
  plans: readonly Planned[],
  validateOnly: boolean,
): AuditRecord[] {
  const filter = validateOnly ? "validateOnly" : "";
  const records = plans.flatMap((planned) => recordOf(call, nowMs, planned, filter) ?? []);
  const denied = plans.flatMap(({ action, key, plan }) =>
    plan.kind === "forbidden" ? { action, failure: { ...plan.failure, key } } : [],
  );
  for (const [ofAction, group] of Map.groupBy(denied, ({ action }) => action)) {
    const failures = group.map(({ failure }) => failure);
    records.push(...refusalRecords(call, nowMs, ofAction, failures, filter));
  }
  return records;
}

/** Undefined for what would be denied. */
function recordOf(
  call: CallInfo,
  nowMs: number,
  { action, key, plan }: Planned,
  filter: string,
): AuditRecord | undefined {
  if (plan.kind === "write") {
    const { rule, fields } = plan;
    const what = plan.replacesDamaged === true && filter === "" ? damagedFilter : filter;
    return auditRecord(call, nowMs, { action, decision: "allowed", rule, key, version: fields.version, filter: what });
  }
  if (plan.kind === "unchanged") {
    const { rule, stored } = plan;
    return auditRecord(call, nowMs, { action, decision: "allowed", rule, key, version: stored.version, filter });
  }
  return undefined;
}
