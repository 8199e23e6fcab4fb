import { callersOf } from "./numbers.ts";
import type { Row, Target } from "./results.ts";
import { titleOf } from "./table.ts";
import { judge } from "./targets.ts";

/** Why a target may be missed, where the reason is known. Shown for each run that misses it. */
function reasonOf(row: Row, target: Target): string {
  if (row.kind === "size") {
    return row.size === "memory after the load" ? "V8 holds memory that it once needed until it next collects." : "";
  }
  if (row.operation === "page" && target.of === "p99")
    return "A few slow calls decide it. It held in most earlier runs.";
  if (row.operation === "keys" && target.of === "ratio") return "The rest of the time is the scan of the index.";
  if (target.of === "mongodbRatio") {
    return (
      "A read asks `mongod`, which shares the cores with everything else. In the mode `full`, its record is in MongoDB's " +
      "journal before the value leaves."
    );
  }
  return "";
}

/** A Markdown list of the targets that the run missed. */
export function listShortfalls(rows: readonly Row[]): string {
  const items = rows.flatMap((row) =>
    judge(row)
      .filter(({ holds }) => !holds)
      .map(({ target, text, measured }) =>
        `- **${nameOf(row)}**: measured ${measured}; target ${text}. ${reasonOf(row, target)}`.trimEnd(),
      ),
  );
  return items.length === 0 ? "All targets hold in this run." : items.join("\n");
}

/** A Markdown list of what is slower or larger than the program that it is compared with, target or not. */
export function listSlower(rows: readonly Row[]): string {
  const stores = [
    { name: "SQLite", ratio: "ratio" },
    { name: "MongoDB", ratio: "mongodbRatio" },
  ] as const;
  return stores
    .filter(({ ratio }) => rows.some((row) => row[ratio] !== undefined))
    .flatMap(({ name, ratio }) => [`- On ${name}:`, ...groupByTitle(rows.filter((row) => isWorse(row, row[ratio])))])
    .join("\n");
}

function isWorse(row: Row, ratio: number | undefined): boolean {
  return ratio !== undefined && (row.kind === "load" ? ratio < 1 : ratio > 1);
}

/** One line for each operation, with all numbers of callers. */
function groupByTitle(slower: readonly Row[]): readonly string[] {
  const groups = Map.groupBy(slower, (row) => `${titleOf(row)}, next to ${row.otherName}`);
  if (groups.size === 0) return ["  - nothing."];
  return [...groups].map(([title, rows]) => `  - ${title}${callersIn(rows)}`);
}

/** `: 1 caller`, `: 1 and 16 callers`; nothing for rows that are not about a load. */
function callersIn(rows: readonly Row[]): string {
  const callers = rows.filter((row) => row.kind === "load").map((row) => row.callers);
  if (callers.length === 0) return "";
  const before = callers.slice(0, -1).join(", ");
  return `: ${before === "" ? "" : `${before} and `}${callersOf(callers.at(-1) ?? 0)}`;
}

function nameOf(row: Row): string {
  return row.kind === "load" ? `${titleOf(row)}, ${callersOf(row.callers)}` : titleOf(row);
}
