/**
 * `npm run bench`: the service beside OpenBao, a bare `node:http` server and stock connect-node, in one run on one machine.
 * Prints a Markdown table. Audit is on in both services, and the caller is an ordinary user.
 */
import { parseArgs } from "node:util";
import { findMongod } from "../test/support/mongo/find-mongod.ts";
import { startReplicaSet } from "../test/support/mongo/replica-set.ts";
import type { Pace } from "./alternation.ts";
import { buildService } from "./built-service.ts";
import { compareGrpc, compareHttp, compareWithBareServer } from "./comparisons.ts";
import { rowOfMemory, rowsOfStartUp } from "./footprint.ts";
import { describeMachine } from "./machine.ts";
import { startOpenBao } from "./openbao.ts";
import { endService, startService } from "./service.ts";
import { markdownTable, type Row } from "./table.ts";
import { startBareServer, startStockServer } from "./yardsticks.ts";

const usage = `usage: npm run bench -- [--quick] [--no-mongodb] [--rounds N] [--seconds N]

Takes about five minutes, with --quick little more than one. Downloads OpenBao and, unless there is one, MongoDB.`;

function readFlags() {
  const options = {
    quick: { type: "boolean" },
    "no-mongodb": { type: "boolean" },
    rounds: { type: "string" },
    seconds: { type: "string" },
    help: { type: "boolean" },
  } as const;
  const { values } = parseArgs({ options });
  return values;
}

/** Ends what was started, the last first. */
const endings: (() => Promise<void> | void)[] = [];
async function using<Started>(starting: Promise<Started>, end: (started: Started) => Promise<void> | void) {
  const started = await starting;
  endings.push(() => end(started));
  return started;
}

async function startAll(withMongodb: boolean) {
  const { program } = await using(buildService(), (built) => built.remove());
  const set = withMongodb ? await using(startReplicaSet({ members: 1 }), (started) => started.stop()) : undefined;
  const store = set === undefined ? undefined : set.uri.replace("/?", "/bench?");
  const sqlite = await using(startService({ program }), endService);
  const mongodb = store === undefined ? undefined : await using(startService({ program, store }), endService);
  const openBao = await using(startOpenBao(), (started) => started.stop());
  const bare = await using(startBareServer(), (server) => server.stop());
  const stock = await using(startStockServer(program), endService);
  // Beside servers that serve one kind of call only: code that V8 has made for many kinds is slower for each.
  const httpOnly = await using(startService({ program }), endService);
  const grpcOnly = await using(startService({ program }), endService);
  return { sqlite, mongodb, openBao, bare, stock, httpOnly, grpcOnly };
}

async function main(): Promise<void> {
  const flags = readFlags();
  if (flags.help === true) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const quick = flags.quick === true;
  const pace: Pace = { rounds: Number(flags.rounds ?? (quick ? 1 : 3)), seconds: Number(flags.seconds ?? 1) };
  const callers = quick ? [16] : [1, 16, 64];
  const withMongodb = flags["no-mongodb"] !== true;
  const servers = await startAll(withMongodb);
  const rows: Row[] = [];
  const add = (row: Row) => {
    rows.push(row);
    process.stderr.write(`${row.what}, ${row.callers} at once: ${row.ratio}\n`);
  };
  for (const operation of ["read", "write", "page", "keys"] as const) {
    for (const count of callers) add(await compareHttp(operation, count, servers, pace));
  }
  add(await compareWithBareServer(16, servers.httpOnly, servers.bare, pace));
  for (const operation of ["read", "write"] as const) {
    for (const count of callers)
      add(await compareGrpc(operation, count, { ...servers, sqlite: servers.grpcOnly }, pace));
  }
  rows.push(rowOfMemory(servers), ...(await rowsOfStartUp(servers, quick ? 1 : 5)));
  const programs = [{ binary: servers.openBao.binary, args: ["version"] }];
  if (withMongodb) programs.push({ binary: await findMongod(), args: ["--version"] });
  process.stdout.write(`${describeMachine(programs)}\n`);
  process.stdout.write(
    `${pace.rounds} rounds of ${pace.seconds} s each in alternation; calls/s · p50 · p99 in ms, medians\n\n`,
  );
  process.stdout.write(`${markdownTable(rows)}\n`);
}

try {
  await main();
} finally {
  for (const end of endings.toReversed()) await end();
}
