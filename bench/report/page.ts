import { chartName, describeChart } from "./charts.ts";
import { describeAuditSync, describeMachine, describePace } from "./conditions.ts";
import { again, compared, limits, work } from "./page-text.ts";
import type { Results } from "./results.ts";
import { listShortfalls, listSlower } from "./shortfalls.ts";
import { markdownTable } from "./table.ts";

/** The page of a run: its name and content. */
export function pageFile(results: Results): readonly [name: string, content: string] {
  const { machine, versions, rows } = results;
  const chart = (operation: "read" | "write") => `![${describeChart(results, operation)}](${chartName(operation)})`;
  const parts = [
    "# Benchmarks",
    "`npm run bench` writes this page and its charts. Do not edit them by hand: the text is in `bench/report/`.",
    chart("read"),
    chart("write"),
    "## What is compared, and how",
    compared,
    "### What is done before the answer",
    work,
    "### What these numbers do not show",
    limits,
    "## The last run",
    `${describeMachine(machine, versions)}; ${describePace(results)}; ${describeAuditSync(results)}.`,
    "Under load, a cell shows calls per second · p50 in ms · p99 in ms.",
    markdownTable(rows),
    "### What does not hold",
    listShortfalls(rows),
    "### Where secret-svc is slower or larger, target or not",
    listSlower(rows),
    "## Run it",
    again,
  ];
  return ["benchmarks.md", `${parts.join("\n\n")}\n`];
}
