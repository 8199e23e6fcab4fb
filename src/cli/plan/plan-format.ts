import type { Colour, Output } from "../print/output.ts";
import { formatResult } from "../print/structured.ts";
import { formatTable } from "../print/table.ts";
import type { TableFormat } from "../print/table-format.ts";
import type { Plan, PlannedItem } from "./plan-batch.ts";
import { describeChanges, describeMissingRight } from "./save-results.ts";

const tableHeader = ["ACTION", "KEY", "VERSION", "CHANGES"];
/** The order of the summary, with the words after each count. */
const counted: readonly (readonly [PlannedItem["action"], string])[] = [
  ["create", "to create"],
  ["update", "to update"],
  ["remove", "to remove"],
  ["unchanged", "unchanged"],
  ["forbidden", "forbidden"],
];
const colours: Readonly<Record<PlannedItem["action"], Colour | undefined>> = {
  create: "green",
  update: "yellow",
  remove: "red",
  forbidden: "red",
  unchanged: undefined,
};

/** What a table needs to know of where it is shown. */
export type Screen = Pick<Output, "columns" | "isShown" | "paint">;

/** The plan, without any value: a table with a summary, or a JSON or YAML list with one entry for each secret. */
export function formatPlan(plan: Plan, format: TableFormat, screen: Screen): Promise<string> {
  return formatResult(format, plan.items.map(toEntry), () => toTable(plan, screen));
}

/** `1 to create, 2 unchanged`. */
export function summarize({ items }: Plan): string {
  const parts = counted.flatMap(([action, words]) => {
    const count = items.filter((item) => item.action === action).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return parts.join(", ") || "nothing to do";
}

/**
 * Unchanged secrets come last, because there may be many. On a terminal only the summary counts them, and the lines
 * have colours.
 */
function toTable(plan: Plan, screen: Screen): string {
  const isUnchanged = ({ action }: PlannedItem) => action === "unchanged";
  const changed = plan.items.filter((item) => !isUnchanged(item));
  const items = screen.isShown ? changed : [...changed, ...plan.items.filter(isUnchanged)];
  if (items.length === 0) return `${summarize(plan)}\n`;
  const [header = "", ...lines] = formatTable(tableHeader, items.map(toRow), true, screen.columns).split("\n");
  const painted = lines.map((line, i) => paint(line, items[i]?.action, screen));
  return `${[header, ...painted].join("\n")}\n${summarize(plan)}\n`;
}

function paint(line: string, action: PlannedItem["action"] | undefined, screen: Screen): string {
  const colour = action === undefined ? undefined : colours[action];
  return colour === undefined ? line : screen.paint(line, colour);
}
function toRow({ action, key, versionBefore, result }: PlannedItem): string[] {
  switch (action) {
    case "forbidden":
      return [action, key, "", describeMissingRight(result)];
    case "create":
      return [action, key, String(result.version), describeChanges(result)];
    case "update":
      return [action, key, `${versionBefore} -> ${result.version}`, describeChanges(result)];
    default:
      return [action, key, String(versionBefore), ""];
  }
}

function toEntry({ action, key, versionBefore, result }: PlannedItem) {
  return {
    key,
    action,
    id: result.id,
    versionBefore,
    version: result.version,
    changedFields: [...result.changedFields],
    listChanges: result.listChanges.map(({ list, added, removed }) => ({
      list,
      added: [...added],
      removed: [...removed],
    })),
    missingRight: result.missingRight,
    ...(result.missingPermit === "" ? {} : { missingPermit: result.missingPermit }),
  };
}
