/** `npm run bench:against`: this checkout and another one, side by side. Prints a Markdown table. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { startReplicaSet } from "../test/support/mongo/replica-set.ts";
import { alternate, type Pace, ratioOf, type Samples } from "./alternation.ts";
import { type BuiltService, buildService } from "./built-service.ts";
import { grpcLoad } from "./grpc-load.ts";
import { httpLoad } from "./http-load.ts";
import { type Measured, median } from "./measured.ts";
import type { Operation } from "./operations.ts";
import { type BenchedService, endService, startService } from "./service.ts";
import { grpcMessagesOf, grpcPathOf, restCallsOf, serviceHeaders } from "./service-calls.ts";

const usage = `usage: npm run bench:against -- CHECKOUT [--pairs N] [--warm-up N] [--rounds N] [--callers N]... [--operation NAME]... [--grpc] [--mongodb]

Compares the service of this checkout with that of another one, which has its own node_modules, over REST on SQLite. Ratios
above 1: this one makes more calls per second, or needs less processor time for each. The second is steadier on a machine
that others share. Two services of the same code differ by several percent until they are started again, so each pair is
started anew, on empty stores.

  --pairs N         how often both are started (5)
  --warm-up N       seconds of load for each before each row (8): until its code is compiled, more code looks slower
  --rounds N        rounds of one second for each, in turns, in each pair (4)
  --callers N       1 and 16 unless given; may be given several times
  --operation NAME  read, write, page or keys; all of them unless given
  --grpc            over gRPC: --callers are the calls in flight on one connection
  --mongodb         on MongoDB, in the mode of BENCH_AUDIT_SYNC (process)`;

const operations = ["read", "write", "page", "keys"] as const;

interface Comparison {
  readonly operation: Operation;
  readonly callers: number;
  /** The median ratio of each pair. */
  readonly ratios: number[];
  /** The same of the processor time of the services for each call. */
  readonly cpuRatios: number[];
}

/** What is the same for all comparisons. */
interface Setup {
  readonly pace: Pace;
  readonly overGrpc: boolean;
  /** The URI of a replica set; undefined for the embedded store. */
  readonly mongoUri: string | undefined;
}

async function main(): Promise<void> {
  const options = {
    pairs: { type: "string", default: "5" },
    "warm-up": { type: "string", default: "8" },
    rounds: { type: "string", default: "4" },
    callers: { type: "string", multiple: true, default: ["1", "16"] as string[] },
    operation: { type: "string", multiple: true, default: [...operations] as string[] },
    grpc: { type: "boolean", default: false },
    mongodb: { type: "boolean", default: false },
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
      cpuRatios: [],
    })),
  );
  const pace = { rounds: Number(values.rounds), seconds: 1, warmUpSeconds: Number(values["warm-up"]) };
  const ours = await buildService();
  const theirs = await buildService(resolve(checkout));
  const set = values.mongodb ? await startReplicaSet({ members: 1 }) : undefined;
  const setup = { pace, overGrpc: values.grpc, mongoUri: set?.uri };
  try {
    for (let pair = 0; pair < Number(values.pairs); pair += 1) {
      await comparePair(pair % 2 === 0 ? [ours, theirs] : [theirs, ours], ours, comparisons, setup);
      process.stderr.write(`pair ${pair + 1} of ${values.pairs}\n`);
    }
  } finally {
    ours.remove();
    theirs.remove();
    await set?.stop();
  }
  process.stdout.write("| operation | callers | calls per second | each pair | processor time | each pair |\n");
  process.stdout.write("|---|---|---|---|---|---|\n");
  const cells = (ratios: readonly number[]) =>
    `${median(ratios).toFixed(3)} | ${ratios.map((ratio) => ratio.toFixed(2)).join(" ")}`;
  for (const { operation, callers, ratios, cpuRatios } of comparisons) {
    process.stdout.write(`| ${operation} | ${callers} | ${cells(ratios)} | ${cells(cpuRatios)} |\n`);
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
  setup: Setup,
): Promise<void> {
  const services: BenchedService[] = [];
  try {
    for (const { program } of order) services.push(await startService({ program, store: databaseOf(setup) }));
    for (const comparison of comparisons) await compare(order, services, ours, comparison, setup);
  } finally {
    for (const service of services) await endService(service);
  }
}

async function compare(
  order: readonly BuiltService[],
  services: readonly BenchedService[],
  ours: BuiltService,
  { operation, callers, ratios, cpuRatios }: Comparison,
  { pace, overGrpc }: Setup,
): Promise<void> {
  const cpu: Record<"ours" | "theirs", number[]> = { ours: [], theirs: [] };
  const contenders = services.map((service, at) => {
    const name = order[at] === ours ? ("ours" as const) : ("theirs" as const);
    return {
      name,
      async load(seconds: number) {
        const before = service.server.cpuSeconds();
        const measured = await load({ service, operation, callers, seconds, overGrpc });
        cpu[name].push((service.server.cpuSeconds() - before) / (measured.perSecond * seconds));
        return measured;
      },
    };
  });
  const samples = await alternate(contenders, pace);
  ratios.push(ratioOf(named(samples, "ours"), named(samples, "theirs")));
  // Without that of the warm-up.
  cpuRatios.push(median(cpu.theirs.slice(1)) / median(cpu.ours.slice(1)));
}

let databases = 0;

/** Each service has a database of its own. */
function databaseOf({ mongoUri }: Setup): string | undefined {
  databases += 1;
  return mongoUri?.replace("/?", `/against-${databases}?`);
}

interface Load {
  readonly service: BenchedService;
  readonly operation: Operation;
  readonly callers: number;
  readonly seconds: number;
  readonly overGrpc: boolean;
}

let loads = 0;

function load({ service, operation, callers, seconds, overGrpc }: Load): Promise<Measured> {
  const { server, token } = service;
  loads += 1;
  // No save may find its own value already stored.
  const values = [`a${loads}`, `b${loads}`];
  if (overGrpc) {
    const messagesOf = (slot: number) => grpcMessagesOf(operation, slot, values);
    const to = { url: server.url, path: grpcPathOf(operation), token };
    return grpcLoad({ ...to, messagesOf, connections: 1, inFlight: callers, durationMs: seconds * 1000 });
  }
  const callsOf = (caller: number) => restCallsOf(operation, caller, values);
  return httpLoad({ url: server.url, headers: serviceHeaders(token), connections: callers, seconds, callsOf });
}

function named(samples: readonly Samples[], name: string): Samples {
  const found = samples.find((sample) => sample.name === name);
  if (found === undefined) throw new Error(`nothing was measured of ${name}`);
  return found;
}

await main();
