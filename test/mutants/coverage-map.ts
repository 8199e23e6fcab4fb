import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTests } from "./run-tests.ts";

/** Which tests call functions of which file, and how long each test file takes. */
export interface CoverageMap {
  readonly tests: Readonly<Record<string, { readonly ms: number; readonly files: readonly string[] }>>;
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

/** Runs the tests once, unchanged, and stores the map. Throws when they do not pass. */
export async function makeMap({ folder, path, tests, limitMs }: MapOptions): Promise<CoverageMap> {
  const log = `${path}.log`;
  mkdirSync(join(path, ".."), { recursive: true });
  rmSync(log, { force: true });
  // A worker of its own for all files: two would count what the other one runs.
  const args = ["--config", "test/mutants/vitest.config.ts", "--maxWorkers=1"];
  const env = { COVERAGE_LOG: log, COVERAGE_ROOT: folder };
  const { result, output } = await runTests({ folder, files: tests, args, env, limitMs });
  if (result !== "passed")
    throw new Error(`the tests do not pass without a change (${result}):\n${output.slice(-3000)}`);
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  const map: CoverageMap = {
    tests: Object.fromEntries(
      lines.map((line) => {
        const { test, ms, files } = JSON.parse(line) as { test: string; ms: number; files: string[] };
        return [test, { ms, files }];
      }),
    ),
  };
  rmSync(log);
  writeFileSync(path, JSON.stringify(map));
  return map;
}

export function readMap(path: string): CoverageMap | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as CoverageMap;
  } catch {
    return undefined;
  }
}

/** The tests that call a file, those of its own room first, then the quick ones. */
export function testsOf(map: CoverageMap, file: string): { readonly test: string; readonly ms: number }[] {
  const callers = inThreads.filter(([, called]) => called.test(file)).map(([caller]) => caller);
  const room = file.split("/")[1] ?? "";
  const isNear = (test: string) => test.startsWith(`test/${room}/`);
  return Object.entries(map.tests)
    .filter(([, { files }]) => [file, ...callers].some((each) => files.includes(each)))
    .map(([test, { ms }]) => ({ test, ms }))
    .sort((a, b) => Number(isNear(b.test)) - Number(isNear(a.test)) || a.ms - b.ms);
}
