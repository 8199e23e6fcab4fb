/** `npm run test:mutants`: changes the program at random, one place at a time, and names what no test noticed. */
import { randomInt } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fastTests } from "../support/vitest/fast-tests.ts";
import { choosePlaces } from "./choose.ts";
import { coreFiles } from "./core-files.ts";
import { type CoverageMap, type MapOptions, makeMap, mergeMaps, readMap, testsOf } from "./coverage-map.ts";
import { readEquivalents, reasonToSkip } from "./equivalent.ts";
import { judge, type Verdict } from "./judge.ts";
import { findPlaces } from "./places.ts";
import { createSession } from "./session.ts";
import { copyCheckout } from "./workspace.ts";

const usage = `Usage: npm run test:mutants -- [--places N] [--minutes N] [--seed N] [--files PATH,…] [--tests PATH,…] [--fast] [--map]

Changes places of the core files, one at a time, in a copy of the checkout, and runs the tests that call the changed file.
Names each change that no test notices. Exits with 1 when fewer than 95 of 100 changes are noticed.

  --places N     how many changes (default 150)
  --minutes N    at most (default 60)
  --seed N       which places; random unless given, and printed
  --files PATH   only files whose path begins like this, such as src/rules
  --tests PATH   only these tests; then what others would notice is named as well
  --fast         only those of npm run test:fast, which is quicker, and names more
  --map          find out anew which tests call which file; this runs all tests once, or with --tests only those
`;

const { values } = parseArgs({
  options: {
    places: { type: "string", default: "150" },
    minutes: { type: "string", default: "60" },
    seed: { type: "string", default: String(randomInt(2 ** 31)) },
    files: { type: "string", default: "" },
    tests: { type: "string", default: "" },
    fast: { type: "boolean", default: false },
    map: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const [places = 0, minutes = 0, seed = 0] = [values.places, values.minutes, values.seed].map(Number);
const listOf = (text: string) => text.split(",").filter((each) => each !== "");
const root = join(import.meta.dirname, "../..");
const noticedMin = 0.95;
/** After this many changes a line says how it goes: a run may be ended early. */
const reportEvery = 10;

if (values.help) process.stdout.write(usage);
else if (!(places > 0 && minutes > 0 && Number.isInteger(seed))) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  process.exitCode = (await run()) ? 0 : 1;
}

async function run(): Promise<boolean> {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const untilMs = performance.now() + minutes * 60_000;
  const tests = values.fast ? fastTests() : listOf(values.tests);
  print(`seed ${seed}, ${places} places, at most ${minutes} minutes`);
  const workspace = copyCheckout(root);
  const session = createSession(workspace.folder);
  try {
    const { folder } = workspace;
    const map = await findMap({ folder, tests, limitMs: untilMs - performance.now() });
    const sources = new Map(
      coreFiles(root, listOf(values.files)).map((file) => [file, readFileSync(join(folder, file), "utf8")]),
    );
    const all = [...sources].flatMap(([file, source]) => findPlaces(file, source));
    const equivalents = readEquivalents();
    print(`${all.length} places in ${sources.size} files`);
    const counts: Record<Verdict, number> = { noticed: 0, unnoticed: 0, "not called": 0 };
    const wanted = Math.min(places, all.length);
    let equivalent = 0;
    let judged = 0;
    const report = () => {
      const share = (100 * counts.noticed) / Math.max(1, judged);
      print(
        `${judged} of ${wanted} judged: ${counts.noticed} noticed (${share.toFixed(1)} %), ${equivalent} equivalent`,
      );
    };
    // In an order of the seed. One that makes no difference is replaced by the next one.
    for (const place of choosePlaces(all, all.length, seed)) {
      if (judged === wanted || performance.now() >= untilMs) break;
      const source = sources.get(place.file) ?? "";
      if (reasonToSkip(place, source, equivalents) !== undefined) {
        equivalent += 1;
        continue;
      }
      const verdict = await judge({ folder, session, place, source, tests: testsOf(map, place, source) });
      counts[verdict] += 1;
      judged += 1;
      const change = `${shown(place.before)} -> ${shown(place.after)}`;
      if (verdict !== "noticed") print(`${verdict}: ${place.file}:${place.line}  ${change}`);
      if (judged % reportEvery === 0 && judged < wanted) report();
    }
    report();
    return judged === wanted && counts.noticed >= noticedMin * judged;
  } finally {
    await session.close();
    workspace.remove();
  }
}

/** The map that is stored, unless it has to be made. A map of some tests is stored only as a part of that of all. */
async function findMap(options: Omit<MapOptions, "path">): Promise<CoverageMap> {
  const pathOf = (name: string) => join(root, ".cache/mutants", name);
  if (values.fast || options.tests.length === 0) {
    const path = pathOf(values.fast ? "map-of-fast.json" : "map.json");
    return (values.map ? undefined : readMap(path)) ?? (await newMap({ ...options, path }));
  }
  const map = await newMap({ ...options, path: pathOf("map-of-some.json") });
  if (!values.map) return map;
  const all = mergeMaps(readMap(pathOf("map.json")), map);
  writeFileSync(pathOf("map.json"), JSON.stringify(all));
  return all;
}

async function newMap(options: MapOptions): Promise<CoverageMap> {
  const { map, failing } = await makeMap(options);
  for (const file of failing) process.stdout.write(`left out, because it fails without a change: ${file}\n`);
  return map;
}

function shown(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 80 ? `${line.slice(0, 77)}…` : line;
}
