import { type Bar, type Chart, drawChart, type Group, type Panel } from "./chart.ts";
import type { Shade } from "./chart-style.ts";
import { describeMachine, describePace } from "./conditions.ts";
import { callersOf, whole } from "./numbers.ts";
import type { LoadRow, Results } from "./results.ts";

type Charted = "read" | "write";

interface Program {
  readonly shade: Shade;
  readonly name: string;
  /** For the end of its bars. */
  readonly shortName: string;
}

const sqlite: Program = { shade: "sqlite", name: "secret-svc on SQLite", shortName: "SQLite" };
const mongodb: Program = { shade: "mongodb", name: "secret-svc on MongoDB", shortName: "MongoDB" };
const openBao: Program = { shade: "openBao", name: "OpenBao", shortName: "OpenBao" };
const stock: Program = { shade: "stock", name: "stock connect-node", shortName: "connect-node" };

const sides = [
  { title: "HTTP/1.1 and JSON", protocol: "http", other: openBao },
  { title: "gRPC", protocol: "grpc", other: stock },
] as const;

const words: Record<Charted, { readonly title: string; readonly note: string }> = {
  read: { title: "Reads per second", note: "Each call reads one secret, as an ordinary user, and is audited." },
  write: { title: "Writes per second", note: "Each call saves one value, as an ordinary user, and is audited." },
};

/** The files of both charts: their names and contents. */
export function chartFiles(results: Results): readonly (readonly [name: string, content: string])[] {
  return (["read", "write"] as const).map((operation) => [
    chartName(operation),
    drawChart(chartOf(results, operation)),
  ]);
}

export function chartName(operation: Charted): string {
  return `benchmarks-${operation}.svg`;
}

/** The chart in words: a title, and every number in it. */
export function describeChart(results: Results, operation: Charted): string {
  const { title, panels } = chartOf(results, operation);
  return `${title}. ${describePanels(panels)}`;
}

function chartOf(results: Results, operation: Charted): Chart {
  const panels = sides.map(({ title, protocol, other }): Panel => {
    const rows = results.rows
      .filter((row) => row.kind === "load")
      .filter((row) => row.operation === operation && row.protocol === protocol && row.otherName === other.name);
    return { title, groups: rows.map((row) => groupOf(row, other)) };
  });
  const { title, note } = words[operation];
  const { system: _, ...machine } = results.machine;
  const isShown = ({ shade }: Program) =>
    panels.some(({ groups }) => groups.some(({ bars }) => bars.some((bar) => bar.shade === shade)));
  return {
    title,
    note: `${note} Longer bars are better; both sides have the same scale.`,
    description: describePanels(panels),
    footer: [describeMachine(machine, results.versions), `Calls per second, ${describePace(results)}`],
    legend: [sqlite, mongodb, openBao, stock].filter(isShown),
    panels,
  };
}

function groupOf(row: LoadRow, other: Program): Group {
  const bar = ({ shade, shortName }: Program, value: number): Bar => ({ shade, name: shortName, value });
  return {
    label: callersOf(row.callers),
    bars: [
      bar(sqlite, row.sqlite.perSecond),
      ...(row.mongodb === undefined ? [] : [bar(mongodb, row.mongodb.perSecond)]),
      bar(other, row.other.perSecond),
    ],
  };
}

function describePanels(panels: readonly Panel[]): string {
  const inGroup = ({ label, bars }: Group) =>
    `${label}: ${bars.map(({ name, value }) => `${name} ${whole(value)}`).join(", ")}`;
  return panels.map(({ title, groups }) => `${title}: ${groups.map(inGroup).join("; ")}.`).join(" ");
}
