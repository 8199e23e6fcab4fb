import type { Measured } from "../measured.ts";
import type { Operation } from "../operations.ts";
import { listedSecrets, pageSize } from "../secret.ts";
import { milliseconds, sizeOf, times, whole } from "./numbers.ts";
import type { Row } from "./results.ts";
import { judge } from "./targets.ts";

const titles = [
  "what",
  "callers",
  "secret-svc on SQLite",
  "on MongoDB",
  "compared with",
  "ratio",
  "MongoDB",
  "target",
] as const;

const operations: Record<Operation, string> = {
  read: "read one",
  write: "write one",
  page: `list: page of ${pageSize} with metadata, OpenBao ${listedSecrets} names`,
  keys: `list: ${listedSecrets} keys, OpenBao ${listedSecrets} names`,
};

/** What a row measured. The number of callers is not part of it. */
export function titleOf(row: Row): string {
  if (row.kind === "size") return row.size;
  return operations[row.operation] + protocols[row.protocol];
}

const protocols = { http: "", grpc: ", gRPC", vault: ", API of Vault" } as const;

/** A Markdown table, its columns aligned. A cell that does not apply is empty. */
export function markdownTable(rows: readonly Row[]): string {
  const lines = rows.map(cellsOf);
  const all = [titles, ...lines];
  const widths = titles.map((_, column) => Math.max(...all.map((cells) => (cells[column] ?? "").length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(titles), rule, ...lines.map(line)].join("\n");
}

function cellsOf(row: Row): readonly string[] {
  const targets = judge(row).map(({ text, holds }) => `${text}: ${holds ? "holds" : "does not hold"}`);
  return [
    titleOf(row),
    row.kind === "load" ? String(row.callers) : "",
    ...valuesOf(row),
    times(row.ratio),
    row.mongodbRatio === undefined ? "" : times(row.mongodbRatio),
    targets.join("; "),
  ];
}

function valuesOf(row: Row): readonly string[] {
  if (row.kind === "size") {
    const show = (size: number) => sizeOf(size, row.unit);
    return [
      show(row.sqlite),
      row.mongodb === undefined ? "" : show(row.mongodb),
      `${row.otherName} ${show(row.other)}`,
    ];
  }
  return [
    describe(row.sqlite),
    row.mongodb === undefined ? "" : describe(row.mongodb),
    `${row.otherName} ${describe(row.other)}`,
  ];
}

function describe({ perSecond, p50Ms, p99Ms }: Measured): string {
  return `${whole(perSecond)} · ${milliseconds(p50Ms)} · ${milliseconds(p99Ms)}`;
}
