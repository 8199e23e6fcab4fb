/** `npm run bench:against`: this checkout and another one, side by side. Prints a Markdown table. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { alternate, type Pace, ratioOf, type Samples } from "./alternation.ts";
import { type BuiltService, buildService } from "./built-service.ts";
import { httpLoad } from "./http-load.ts";
import { median } from "./measured.ts";
import type { Operation } from "./operations.ts";
import { type BenchedService, endService, startService } from "./service.ts";
import { restCallsOf, serviceHeaders } from "./service-calls.ts";

const usage = `usage: npm run bench:against -- CHECKOUT [--pairs N] [--warm-up N] [--rounds N] [--callers N]... [--operation NAME]...

Compares the service of this checkout with that of another one, which has its own node_modules, over REST on SQLite. Ratios
above 1: this one is faster. Two services of the same code differ by several percent until they are started again, so
each pair is started anew, on empty stores.

  --pairs N         how often both are started (5)
  --warm-up N       seconds of load for each before each row (8): until its code is compiled, more code looks slower
  --rounds N        rounds of one second for each, in turns, in each pair (4)
  --callers N       1 and 16 unless given; may be given several times
  --operation NAME  read, write, page or keys; all of them unless given`;

const operations = ["read", "write", "page", "keys"] as const;

interface Comparison {
  readonly operation: Operation;
  readonly callers: number;
  /** The median ratio of each pair. */
  readonly ratios: number[];
}

async function main(): Promise<void> {
  const options = {
    pairs: { type: "string", default: "5" },
    "warm-up": { type: "string", default: "8" },
    rounds: { type: "string", default: "4" },
    callers: { type: "string", multiple: true, default: ["1", "16"] as string[] },
    operation: { type: "string", multiple: true, default: [...operations] as string[] },
    help: { type: "boolean" },
  } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [checkout] = positionals;
  if (values.help === true || checkout === undefined) {
    process.stdout.write(`${usage}\n`);
    process.exitCode = values.help === true ? 0 : 2;
    return;
  }
  const chosen = values.operation.map((name) => readOperation(name));
  const comparisons: Comparison[] = values.callers.flatMap((callers) =>
    chosen.map((operation) => ({
      operation: readOperation(operation),
      callers: Number(callers),
      ratios: [],
    })),
  );
  const pace = { rounds: Number(values.rounds), seconds: 1, warmUpSeconds: Number(values["warm-up"]) };
  const ours = await buildService();
  const theirs = await buildService(resolve(checkout));
  try {
    for (let pair = 0; pair < Number(values.pairs); pair += 1) {
      await comparePair(pair % 2 === 0 ? [ours, theirs] : [theirs, ours], ours, comparisons, pace);
      process.stderr.write(`pair ${pair + 1} of ${values.pairs}\n`);
    }
  } finally {
    ours.remove();
    theirs.remove();
  }
  process.stdout.write("| operation | callers | median ratio | ratio of each pair |\n|---|---|---|---|\n");
  for (const { operation, callers, ratios } of comparisons) {
    const each = ratios.map((ratio) => ratio.toFixed(2)).join(" ");
    process.stdout.write(`| ${operation} | ${callers} | ${median(ratios).toFixed(3)} | ${each} |\n`);
  }
}

function readOperation(name: string): Operation {
  const found = operations.find((operation) => operation === name);
  if (found === undefined) throw new Error(`--operation must be one of ${operations.join(", ")}`);
  return found;
}

async function comparePair(
  order: readonly BuiltService[],
  ours: BuiltService,
  comparisons: readonly Comparison[],
  pace: Pace,
): Promise<void> {
  const services: BenchedService[] = [];
  try {
    for (const { program } of order) services.push(await startService({ program }));
    for (const { operation, callers, ratios } of comparisons) {
      const contenders = services.map(({ server, token }, at) => ({
        name: order[at] === ours ? "ours" : "theirs",
        load: (seconds: number) => load(server.url, token, operation, callers, seconds),
      }));
      const samples = await alternate(contenders, pace);
      ratios.push(ratioOf(named(samples, "ours"), named(samples, "theirs")));
    }
  } finally {
    for (const service of services) await endService(service);
  }
}

let loads = 0;

function load(url: string, token: string, operation: Operation, connections: number, seconds: number) {
  loads += 1;
  // No save may find its own value already stored.
  const values = [`a${loads}`, `b${loads}`];
  const callsOf = (caller: number) => restCallsOf(operation, caller, values);
  return httpLoad({ url, headers: serviceHeaders(token), connections, seconds, callsOf });
}

function named(samples: readonly Samples[], name: string): Samples {
  const found = samples.find((sample) => sample.name === name);
  if (found === undefined) throw new Error(`nothing was measured of ${name}`);
  return found;
}

await main();
