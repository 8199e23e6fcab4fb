import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "./places.ts";
import { isCovered } from "./ranges.ts";
import { runTests } from "./run-tests.ts";

export interface TestedFile {
  /** Of the processor. */
  readonly ms: number;
  /** The parts of each file of `src/` that it runs, as starts and ends in turn. */
  readonly files: Readonly<Record<string, readonly number[]>>;
}

/** Which tests run what, and how long each test file takes. */
export interface CoverageMap {
  readonly tests: Readonly<Record<string, TestedFile>>;
  /** Hash of each file, as it was. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** Threads of the embedded store have counters of their own: what calls the first of a pair also runs the others. */
const inThreads: readonly (readonly [caller: string, called: RegExp])[] = [
  [
    "src/store/sqlite/writer.ts",
    /^src\/store\/sqlite\/(worker|group-commit|apply-\w+|append-audit|drop-audit|events|file-guard|identities|row)\.ts$/,
  ],
  ["src/store/sqlite/writer.ts", /^src\/audit\/chain\.ts$/],
];

export interface MapOptions {
  /** A copy of the checkout. */
  readonly folder: string;
  /** Where the map is stored. */
  readonly path: string;
  /** Test files, or folders of them; empty for all. */
  readonly tests: readonly string[];
  readonly limitMs: number;
}

/**
 * Runs the tests once, unchanged, and stores the map. Returns also the test files that do not pass: they show nothing.
 */
export async function makeMap({
  folder,
  path,
  tests,
  limitMs,
}: MapOptions): Promise<{ readonly map: CoverageMap; readonly failing: readonly string[] }> {
  const [log, report] = [`${path}.log`, `${path}.report`];
  mkdirSync(join(path, ".."), { recursive: true });
  for (const file of [log, report]) rmSync(file, { force: true });
  const env = { COVERAGE_LOG: log, COVERAGE_ROOT: folder };
  const args = ["--reporter=json", `--outputFile=${report}`];
  const { result, output } = await runTests({ folder, files: tests, args, env, limitMs });
  if (result === "late") throw new Error(`the tests did not end in time:\n${output.slice(-3000)}`);
  const failing = failingIn(readFileSync(report, "utf8"), folder);
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  const found = lines.map((line) => JSON.parse(line) as TestedFile & { readonly test: string });
  const passing = found.filter(({ test }) => !failing.includes(test));
  if (passing.length === 0) throw new Error(`no test passes without a change:\n${output.slice(-3000)}`);
  const names = new Set(passing.flatMap(({ files }) => Object.keys(files)));
  const map: CoverageMap = {
    tests: Object.fromEntries(passing.map(({ test, ms, files }) => [test, { ms, files }])),
    hashes: Object.fromEntries([...names].map((file) => [file, hashOf(readFileSync(join(folder, file), "utf8"))])),
  };
  for (const file of [log, report]) rmSync(file);
  writeFileSync(path, JSON.stringify(map));
  return { map, failing };
}

/** What is known of all tests, with what was found out of some. Files that have changed in between count as a whole. */
export function mergeMaps(known: CoverageMap | undefined, found: CoverageMap): CoverageMap {
  return {
    tests: { ...known?.tests, ...found.tests },
    hashes: { ...found.hashes, ...known?.hashes },
  };
}

function failingIn(report: string, folder: string): string[] {
  const { testResults } = JSON.parse(report) as { testResults: { name: string; status: string }[] };
  return testResults.filter(({ status }) => status !== "passed").map(({ name }) => name.slice(folder.length + 1));
}

export function readMap(path: string): CoverageMap | undefined {
  try {
    const map = JSON.parse(readFileSync(path, "utf8")) as Partial<CoverageMap>;
    return map.tests === undefined || map.hashes === undefined ? undefined : (map as CoverageMap);
  } catch {
    return undefined;
  }
}

export function hashOf(source: string): string {
  return createHash("sha256").update(source).digest("base64url");
}

/** About what it takes to read the sources for a test. */
const startMs = 500;
/** A test of the same room notices a change this many times as often as another one. */
const nearness = 20;

/**
 * The tests that run a place, those first that are quick for how likely they notice a change. For a place outside all
 * functions, and in a file that has changed since the map was made, those that run anything of the file.
 */
export function testsOf(
  map: CoverageMap,
  { file, start }: Pick<Place, "file" | "start">,
  source: string,
): { readonly test: string; readonly ms: number }[] {
  const callers = inThreads.filter(([, called]) => called.test(file)).map(([caller]) => caller);
  const room = file.split("/")[1] ?? "";
  const price = ({ test, ms }: { readonly test: string; readonly ms: number }) =>
    (startMs + ms) / (test.startsWith(`test/${room}/`) ? nearness : 1);
  const all = Object.entries(map.tests);
  const isExact = map.hashes[file] === hashOf(source) && callers.length === 0;
  const exact = isExact ? all.filter(([, { files }]) => isCovered(files[file] ?? [], start)) : [];
  const found =
    exact.length > 0 ? exact : all.filter(([, { files }]) => [file, ...callers].some((each) => each in files));
  return found.map(([test, { ms }]) => ({ test, ms })).sort((a, b) => price(a) - price(b));
}
