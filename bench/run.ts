/**
 * `npm run bench`: the service next to OpenBao, a bare `node:http` server and stock connect-node, in one run on one
 * machine. Prints a table, and writes the page and the charts of docs/. Audit is on in both services, and the caller is
 * an ordinary user.
 */
import { findMongod } from "../test/support/mongo/find-mongod.ts";
import { startReplicaSet } from "../test/support/mongo/replica-set.ts";
import type { Pace } from "./alternation.ts";
import { buildService } from "./built-service.ts";
import { compareGrpc, compareHttp, compareVault, compareWithBareServer } from "./comparisons.ts";
import { readFlags, type Task, usage } from "./flags.ts";
import { rowOfMemory, rowsOfStartUp } from "./footprint.ts";
import { readMachine, versionOf } from "./machine.ts";
import { startOpenBao } from "./openbao.ts";
import { describeMachine, describePace } from "./report/conditions.ts";
import { callersOf, times } from "./report/numbers.ts";
import type { Results, Row } from "./report/results.ts";
import { markdownTable, titleOf } from "./report/table.ts";
import { drawReport, writeReport } from "./report/write-report.ts";
import { endService, measuredAuditSync, startService } from "./service.ts";
import { startBareServer, startStockServer } from "./yardsticks.ts";

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
  // For the comparisons with servers of one protocol: code that V8 has compiled for many kinds of calls is slower for
  // each.
  const httpOnly = await using(startService({ program }), endService);
  const grpcOnly = await using(startService({ program }), endService);
  const vault = await using(startService({ program, speaksVault: true }), endService);
  return { sqlite, mongodb, openBao, bare, stock, httpOnly, grpcOnly, vault };
}

/** Only the rows of the API of Vault. */
async function measureVault(pace: Pace): Promise<Results> {
  const { program } = await using(buildService(), (built) => built.remove());
  const vault = await using(startService({ program, speaksVault: true }), endService);
  const json = await using(startService({ program }), endService);
  const openBao = await using(startOpenBao(), (started) => started.stop());
  const rows = await compareVault(16, { vault, json, openBao }, pace);
  const versions = { node: process.versions.node, openBao: versionOf(openBao.binary, ["version"]) };
  return { machine: readMachine(), versions, auditSync: measuredAuditSync(), ...pace, rows };
}

async function measure({ pace, callers, withMongodb, starts }: Extract<Task, { kind: "measure" }>): Promise<Results> {
  const date = new Date().toISOString().slice(0, 10);
  const servers = await startAll(withMongodb);
  const rows: Row[] = [];
  const add = (row: Row) => {
    rows.push(row);
    const load = row.kind === "load" ? `, ${callersOf(row.callers)}` : "";
    process.stderr.write(`${titleOf(row)}${load}: ${times(row.ratio)}\n`);
  };
  for (const operation of ["read", "write", "page", "keys"] as const) {
    for (const count of callers) add(await compareHttp(operation, count, servers, pace));
  }
  add(await compareWithBareServer(16, servers.httpOnly, servers.bare, pace));
  for (const row of await compareVault(16, { ...servers, json: servers.httpOnly }, pace)) add(row);
  for (const operation of ["read", "write"] as const) {
    for (const count of callers)
      add(await compareGrpc(operation, count, { ...servers, sqlite: servers.grpcOnly }, pace));
  }
  add(rowOfMemory(servers));
  for (const row of await rowsOfStartUp(servers, starts)) add(row);
  const versions = {
    node: process.versions.node,
    openBao: versionOf(servers.openBao.binary, ["version"]),
    ...(withMongodb ? { mongodb: versionOf(await findMongod(), ["--version"]) } : {}),
  };
  return { date, machine: readMachine(), versions, auditSync: measuredAuditSync(), ...pace, rows };
}

async function main(): Promise<void> {
  const task = readFlags(process.argv.slice(2));
  if (task.kind === "help") process.stdout.write(`${usage}\n`);
  else if (task.kind === "draw") drawReport(task.out);
  else {
    const results = task.onlyVault ? await measureVault(task.pace) : await measure(task);
    const { machine, versions, rows } = results;
    process.stdout.write(`${describeMachine(machine, versions)}\n`);
    process.stdout.write(`${describePace(results)}; calls/s · p50 · p99 in ms\n\n${markdownTable(rows)}\n`);
    if (task.out === undefined) process.stderr.write("a partial run: nothing is written without --out DIR\n");
    else writeReport(results, task.out);
  }
}

try {
  await main();
} finally {
  for (const end of endings.toReversed()) await end();
}
