/**
 * `npm run bench:cluster`: OpenBao with three members, and two processes of the service on a replica set of three, all
 * on one machine. Prints a Markdown table.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findMongod } from "../../test/support/mongo/find-mongod.ts";
import { startReplicaSet } from "../../test/support/mongo/replica-set.ts";
import { type BuiltService, buildService } from "../built-service.ts";
import { type HttpCall, httpLoad } from "../http-load.ts";
import { readMachine, versionOf } from "../machine.ts";
import { type Latencies, median } from "../measured.ts";
import { openBaoCallsOf, openBaoHeaders, startOpenBaoCluster } from "../openbao.ts";
import type { CallsOf } from "../operations.ts";
import { cpuSecondsOf, startProcess } from "../processes.ts";
import { describeMachine } from "../report/conditions.ts";
import { writtenSecrets } from "../secret.ts";
import { endService, startService } from "../service.ts";
import { restCallsOf, serviceHeaders } from "../service-calls.ts";
import { openLoad } from "./open-load.ts";

const usage = `usage: npm run bench:cluster -- [--rounds N] [--seconds N] [--rate N] [--callers N]

Nine calls in ten read one secret, one saves a new value. First a fixed rate, each call on a connection of its own; then
as many as callers with open connections make.

  --rounds N   rounds, the programs in turns (5)
  --seconds N  seconds of each load of a program in a round (10)
  --rate N     calls a second of the fixed rate (500)
  --callers N  callers of the other load (16)`;

/** Of so many calls, the last one saves and the others read. */
const callsOfSave = 10;

interface Cluster {
  readonly name: string;
  /** Where clients send their calls. OpenBao's other members would pass them on to the active one. */
  readonly urls: readonly string[];
  readonly headers: Record<string, string>;
  readonly callsOf: CallsOf<HttpCall>;
  /** Seconds of processor time of all its processes, those of the database included. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

interface Loaded extends Latencies {
  readonly cpuMsPerCall: number;
}

interface Pace {
  readonly seconds: number;
  readonly rate: number;
  readonly callers: number;
}

async function main(): Promise<void> {
  const options = {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "10" },
    rate: { type: "string", default: "500" },
    callers: { type: "string", default: "16" },
    help: { type: "boolean" },
  } as const;
  const { values } = parseArgs({ options });
  if (values.help === true) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const pace: Pace = {
    seconds: readCount("seconds", values.seconds),
    rate: readCount("rate", values.rate),
    callers: readCount("callers", values.callers),
  };
  const rounds = readCount("rounds", values.rounds);
  const mongodb = versionOf(await findMongod(), ["--version"]);
  const built = await buildService();
  const clusters: Cluster[] = [];
  try {
    const bao = await startBaoCluster();
    clusters.push(bao);
    const service = await startServiceCluster(built);
    clusters.push(service);
    const versions = { node: process.versions.node, openBao: bao.version };
    const machine = `${describeMachine(readMachine(), versions)}, MongoDB ${mongodb} (three nodes)`;
    process.stdout.write(`${machine}; medians of ${rounds} rounds of ${pace.seconds} s\n\n`);
    await compare([service, bao], pace, rounds);
  } finally {
    for (const cluster of clusters.reverse()) await cluster.stop();
    built.remove();
  }
}

function readCount(name: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new Error(`--${name} takes a whole number from 1`);
  return Number(text);
}

async function startBaoCluster(): Promise<Cluster & { readonly version: string }> {
  const { active, members, token, binary, stop } = await startOpenBaoCluster();
  return {
    name: "OpenBao, three members",
    version: versionOf(binary, ["version"]),
    urls: [active.url],
    headers: { ...openBaoHeaders(token), "content-type": "application/json" },
    callsOf: openBaoCallsOf,
    cpuSeconds: () => sum(members.map((member) => member.cpuSeconds())),
    stop,
  };
}

async function startServiceCluster({ program }: BuiltService): Promise<Cluster> {
  const set = await startReplicaSet({ members: 3 });
  const first = await startService({ program, store: set.uri.replace("/?", "/bench?") });
  const dataDir = mkdtempSync(join(tmpdir(), "secret-svc-bench-"));
  const { command } = first;
  const second = await startProcess({ ...command, env: { ...command.env, SECRET_SVC_DATA_DIR: dataDir } });
  const processes = [first.server, second];
  return {
    name: "secret-svc, two processes, MongoDB of three members",
    urls: processes.map(({ url }) => url),
    headers: serviceHeaders(first.token),
    callsOf: restCallsOf,
    cpuSeconds: () =>
      sum([...processes.map((process) => process.cpuSeconds()), ...set.members.map(({ pid }) => cpuSecondsOf(pid))]),
    async stop() {
      await second.stop();
      rmSync(dataDir, { recursive: true });
      await endService(first);
      await set.stop();
    },
  };
}

async function compare(clusters: readonly Cluster[], pace: Pace, rounds: number): Promise<void> {
  const loads = [
    { name: `${pace.rate} a second, new connections`, run: fixedRate },
    { name: `${pace.callers} callers, open connections`, run: openThrottle },
  ] as const;
  process.stdout.write("| load | program | calls/s | p50 | p95 | p99 | processor time of a call |\n");
  process.stdout.write("|---|---|--:|--:|--:|--:|--:|\n");
  for (const load of loads) {
    const results = clusters.map(() => [] as Loaded[]);
    for (const cluster of clusters) await load.run(cluster, { ...pace, seconds: 3 });
    for (let round = 0; round < rounds; round += 1) {
      for (let place = 0; place < clusters.length; place += 1) {
        const at = (round + place) % clusters.length;
        const cluster = clusters[at];
        if (cluster !== undefined) results[at]?.push(await load.run(cluster, pace));
      }
    }
    for (const [at, { name }] of clusters.entries())
      process.stdout.write(`| ${load.name} | ${name} | ${cellsOf(results[at] ?? [])} |\n`);
  }
}

function cellsOf(results: readonly Loaded[]): string {
  const typical = (of: keyof Loaded) => median(results.map((each) => each[of]));
  const ms = (of: keyof Loaded) => `${typical(of).toFixed(2)} ms`;
  return [typical("perSecond").toFixed(0), ms("p50Ms"), ms("p95Ms"), ms("p99Ms"), ms("cpuMsPerCall")].join(" | ");
}

async function fixedRate(cluster: Cluster, { rate, seconds }: Pace): Promise<Loaded> {
  const { urls, headers } = cluster;
  const mixes = Array.from({ length: writtenSecrets }, (_, caller) => mixOf(cluster, caller));
  const callOf = (at: number) => {
    // Callers take turns, each with the calls of one save.
    const [turn, place] = [Math.floor(at / callsOfSave), at % callsOfSave];
    const mix = mixes[turn % mixes.length] ?? [];
    const call = mix[(Math.floor(turn / mixes.length) * callsOfSave + place) % mix.length];
    if (call === undefined) throw new Error("there are no calls");
    return { ...call, url: urls[at % urls.length] ?? "" };
  };
  return withProcessorTime(cluster, () => openLoad({ perSecond: rate, seconds, headers, callOf }));
}

/** The callers are divided among the servers that clients reach. */
async function openThrottle(cluster: Cluster, { callers, seconds }: Pace): Promise<Loaded> {
  const { urls, headers } = cluster;
  return withProcessorTime(cluster, async () => {
    const each = await Promise.all(
      urls.map((url, server) => {
        const connections = Math.ceil((callers - server) / urls.length);
        const callsOf = (connection: number) => mixOf(cluster, connection * urls.length + server);
        return httpLoad({ url, headers, connections, seconds, callsOf });
      }),
    );
    const worst = (of: keyof Latencies) => Math.max(...each.map((result) => result[of]));
    const perSecond = sum(each.map((result) => result.perSecond));
    return { perSecond, p50Ms: worst("p50Ms"), p95Ms: worst("p95Ms"), p99Ms: worst("p99Ms") };
  });
}

/** The calls of one caller in turn. No save finds its own value already stored. */
function mixOf({ callsOf }: Cluster, caller: number): readonly HttpCall[] {
  const values = Array.from({ length: 64 }, (_, at) => `value ${at} of caller ${caller} in a mix of calls`);
  const reads = callsOf("read", caller, values);
  return callsOf("write", caller, values).flatMap((write) => [
    ...Array(callsOfSave - 1)
      .fill(reads)
      .flat(),
    write,
  ]);
}

async function withProcessorTime(cluster: Cluster, load: () => Promise<Latencies>): Promise<Loaded> {
  const startedAt = performance.now();
  const before = cluster.cpuSeconds();
  const result = await load();
  const calls = (result.perSecond * (performance.now() - startedAt)) / 1000;
  return { ...result, cpuMsPerCall: ((cluster.cpuSeconds() - before) * 1000) / calls };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

await main();
