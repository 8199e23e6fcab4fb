/** One line of the table. Cells are text; an empty one does not apply. */
export interface Row {
  readonly what: string;
  readonly callers: string;
  readonly sqlite: string;
  readonly mongodb: string;
  readonly other: string;
  readonly ratio: string;
  readonly mongodbRatio: string;
  readonly targets: readonly Target[];
}

export interface Target {
  readonly text: string;
  readonly holds: boolean;
}

const titles = {
  what: "what",
  callers: "at once",
  sqlite: "secret-svc on SQLite",
  mongodb: "on MongoDB",
  other: "compared with",
  ratio: "ratio",
  mongodbRatio: "MongoDB",
  targets: "target",
};

/** A Markdown table, its columns aligned. */
export function markdownTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => [...cellsOf(row), row.targets.map(describe).join("; ")]);
  const all = [Object.values(titles), ...lines];
  const widths = Object.keys(titles).map((_, column) => Math.max(...all.map((cells) => (cells[column] ?? "").length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(Object.values(titles)), rule, ...lines.map(line)].join("\n");
}

function cellsOf(row: Row): readonly string[] {
  return [row.what, row.callers, row.sqlite, row.mongodb, row.other, row.ratio, row.mongodbRatio];
}

function describe({ text, holds }: Target): string {
  return `${text}: ${holds ? "holds" : "does not hold"}`;
}
