import { type TeamChange, TeamKind, TeamOutcome } from "../../../gen/secret/v1/identity_service_pb.ts";
import { enumName } from "../print/enum-name.ts";
import { formatResult } from "../print/structured.ts";
import { formatTable } from "../print/table.ts";
import type { TableFormat } from "../print/table-format.ts";

const actions: Readonly<Record<number, string>> = {
  [TeamOutcome.CREATED]: "create",
  [TeamOutcome.UPDATED]: "update",
  [TeamOutcome.REMOVED]: "remove",
  [TeamOutcome.MISSING]: "missing",
  [TeamOutcome.UNCHANGED]: "unchanged",
  [TeamOutcome.NOT_NAMED]: "not in the file",
};

/** Whether applying it changes something. */
export function isChange({ outcome }: TeamChange): boolean {
  return outcome === TeamOutcome.CREATED || outcome === TeamOutcome.UPDATED || outcome === TeamOutcome.REMOVED;
}

/** The plan of a team: a table of what changes, with a summary, or a list with everything. */
export function formatTeam(
  changes: readonly TeamChange[],
  format: TableFormat,
  width: number | undefined,
): Promise<string> {
  return formatResult(format, changes.map(toEntry), () => toTable(changes, width));
}

/** `2 to create, 1 unchanged`, and when it is done, `2 created, 1 unchanged`. */
export function summarizeTeam(changes: readonly TeamChange[], isDone = false): string {
  const parts = Object.entries(actions).flatMap(([outcome, action]) => {
    const changed = isDone ? `${action}d` : `to ${action}`;
    const word = ["create", "update", "remove"].includes(action) ? changed : action;
    const count = changes.filter((change) => change.outcome === Number(outcome)).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return parts.join(", ") || "nothing to do";
}

function toTable(changes: readonly TeamChange[], width: number | undefined): string {
  const shown = changes.filter(({ outcome }) => outcome !== TeamOutcome.UNCHANGED);
  const summary = `${summarizeTeam(changes)}\n`;
  if (shown.length === 0) return summary;
  const rows = shown.map((change) => [
    actions[change.outcome] ?? "",
    enumName(TeamKind, change.kind).toLowerCase(),
    change.name,
    detailOf(change),
  ]);
  return `${formatTable(["ACTION", "KIND", "NAME", "DETAIL"], rows, true, width)}${summary}`;
}

function detailOf({ kind, outcome, name, detail, rolesAdded, rolesRemoved, admin }: TeamChange): string {
  if (kind === TeamKind.TOKEN && outcome === TeamOutcome.MISSING) {
    return `${detail} (oo token create ${name} makes one)`;
  }
  if (kind !== TeamKind.USER) return detail;
  const flag = admin === undefined ? [] : [admin ? "+admin" : "-admin"];
  return [...rolesAdded.map((role) => `+${role}`), ...rolesRemoved.map((role) => `-${role}`), ...flag].join(" ");
}

function toEntry({ kind, outcome, name, detail, rolesAdded, rolesRemoved, admin }: TeamChange) {
  return {
    kind: enumName(TeamKind, kind),
    outcome: enumName(TeamOutcome, outcome),
    name,
    ...(detail === "" ? {} : { detail }),
    ...(kind === TeamKind.USER ? { rolesAdded, rolesRemoved } : {}),
    ...(admin === undefined ? {} : { admin }),
  };
}
