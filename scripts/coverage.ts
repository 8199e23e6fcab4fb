// Runs the tests and prints how much of each folder of src/ they reach in their own processes. Services and commands
// that tests start as processes do not count. Arguments are those of vitest, such as `--project sqlite` or
// `test/crypto`.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = join(root, ".cache/coverage");

/** How many there are and how many were reached. */
interface Count {
  total: number;
  covered: number;
}

interface FileCoverage {
  readonly lines: Count;
  readonly branches: Count;
}

const options = ["--coverage.enabled", "--coverage.include=src/**", "--coverage.reporter=json-summary"];
const { status } = spawnSync(
  "vitest",
  ["run", ...options, "--coverage.reportOnFailure", `--coverage.reportsDirectory=${folder}`, ...process.argv.slice(2)],
  { cwd: root, stdio: "inherit" },
);

const folders = new Map<string, FileCoverage>();
const all = empty();
for (const [path, file] of Object.entries(readSummary())) {
  if (path === "total") continue;
  const name = relative(root, dirname(path));
  const sums = folders.get(name) ?? empty();
  folders.set(name, sums);
  for (const sum of [sums, all]) {
    add(sum.lines, file.lines);
    add(sum.branches, file.branches);
  }
}
const rows = [...folders].sort(([a], [b]) => (a < b ? -1 : 1));
for (const [name, { lines, branches }] of [...rows, ["all", all] as const]) {
  process.stdout.write(`${name.padEnd(24)} lines ${share(lines)}   branches ${share(branches)}\n`);
}
process.exitCode = status ?? 1;

function readSummary(): Record<string, FileCoverage> {
  return JSON.parse(readFileSync(join(folder, "coverage-summary.json"), "utf8"));
}

function empty(): FileCoverage {
  return { lines: { total: 0, covered: 0 }, branches: { total: 0, covered: 0 } };
}

function add(sum: Count, { total, covered }: Count): void {
  sum.total += total;
  sum.covered += covered;
}

function share({ total, covered }: Count): string {
  const percent = total === 0 ? 100 : (100 * covered) / total;
  return `${percent.toFixed(1).padStart(5)} % of ${String(total).padStart(5)}`;
}
