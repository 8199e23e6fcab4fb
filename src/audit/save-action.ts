import type { AuditRecord } from "./record.ts";

/** What a record says that a save did with a secret or, in a plan, would do. */
export type RecordedOutcome = "created" | "updated" | "unchanged" | "removed" | "forbidden";

const outcomes: readonly string[] = ["created", "updated", "unchanged", "removed", "forbidden"];

export const saveAction = "secret.save";
export const removeAction = "secret.remove";
/** A save that only validates, or the refusal of one. */
export const planAction = "secret.plan";
/** A save or restore that found everything as it was asked for. */
export const unchangedAction = "secret.unchanged";

/**
 * Actions on secrets whose records may name a version that they did not make. A comparison of a row with its last
 * change must skip them.
 */
export const actionsWithoutChange: readonly string[] = [planAction, unchangedAction, "secret.scan", "secret.compare"];

/** The filter of a creation under a key that was removed. Any other creation makes version 1. */
export const createdFilter = "created";

/** The filter of a save that stores metadata without a value, as a removed secret. */
export const placeFilter = "place";

/** The filter with which older programs recorded a plan, under the action of a save. */
const olderPlanFilter = "validateOnly";

type Kind = Pick<AuditRecord, "action" | "filter">;

/** Whether the record is about a plan. */
export function isPlan({ action, filter }: Kind): boolean {
  if (action === planAction) return true;
  return filter === olderPlanFilter && (action === saveAction || action === removeAction);
}

/** What became of the secret, or would: undefined where the record does not say. */
export function outcomeOf(
  record: Kind & Pick<AuditRecord, "key" | "version" | "decision">,
): RecordedOutcome | undefined {
  const { action, filter, key, version, decision } = record;
  if (action === planAction) return isOutcome(filter) ? filter : undefined;
  if (isPlan(record) || decision !== "allowed" || key === "") return undefined;
  if (action === unchangedAction) return "unchanged";
  if (version === 0) return undefined;
  if (action === removeAction) return "removed";
  if (action === "secret.restore") return filter.endsWith(` ${createdFilter}`) ? "created" : "updated";
  if (action !== saveAction || filter === placeFilter) return undefined;
  return version === 1 || filter === createdFilter ? "created" : "updated";
}

function isOutcome(text: string): text is RecordedOutcome {
  return outcomes.includes(text);
}
