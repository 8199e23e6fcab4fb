/**
 * `npm run bench:disk`: how long a single caller waits for a read on a slow disk, on the embedded store and on
 * OpenBao, in one run. `strace` makes the disk slow: each `fsync` and `fdatasync` of both programs takes longer. Linux
 * only.
 */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { alternate, type Contender } from "./alternation.ts";
import { buildService } from "./built-service.ts";
import { httpLoad } from "./http-load.ts";
import { median } from "./measured.ts";
import { openBaoCallsOf, openBaoHeaders, startOpenBao } from "./openbao.ts";
import type { Command } from "./processes.ts";
import { endService, startService } from "./service.ts";
import { restCallsOf, serviceHeaders } from "./service-calls.ts";

const usage = `usage: npm run bench:disk -- [--delay MS] [--rounds N] [--seconds N] [--callers N]

Compares the latency of a read with OpenBao while each fsync and fdatasync of both takes MS longer. Needs strace.

  --delay MS    milliseconds added to each fsync (5); 0 leaves the disk as it is
  --rounds N    rounds for each, in turns (5)
  --seconds N   whole seconds of load in each round (3)
  --callers N   callers at once (1)`;

const print = (line: string) => void process.stdout.write(`${line}\n`);

/** The program remains the child, and strace its grandchild: signals and exit codes are those of the program. */
function slowly(delayMs: number): (command: Command) => Command {
  if (delayMs === 0) return (command) => command;
  const syncs = "fsync,fdatasync";
  const options = ["-D", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null"];
  const inject = ["-e", `trace=${syncs}`, "-e", `inject=${syncs}:delay_exit=${delayMs}ms`];
  return ({ command, args, env }) => ({ command: "strace", args: [...options, ...inject, command, ...args], env });
}

async function run(delayMs: number, callers: number, pace: { rounds: number; seconds: number }): Promise<void> {
  if (delayMs > 0) execFileSync("strace", ["--version"], { stdio: "ignore" });
  const { program, remove } = await buildService();
  const through = slowly(delayMs);
  const service = await startService({ program, through });
  const openBao = await startOpenBao(through);
  try {
    const load = { connections: callers };
    const contenders: Contender[] = [
      {
        name: "embedded store",
        load: (seconds) =>
          httpLoad({
            ...load,
            url: service.server.url,
            headers: serviceHeaders(service.token),
            seconds,
            callsOf: (connection) => restCallsOf("read", connection, [""]),
          }),
      },
      {
        name: "OpenBao",
        load: (seconds) =>
          httpLoad({
            ...load,
            url: openBao.server.url,
            headers: openBaoHeaders(openBao.token),
            seconds,
            callsOf: (connection) => openBaoCallsOf("read", connection, [""]),
          }),
      },
    ];
    const samples = await alternate(contenders, { ...pace, warmUpSeconds: 5 });
    print(`a read, ${callers} at once, each fsync ${delayMs} ms longer; medians of ${pace.rounds} rounds, ms\n`);
    print("| | p50 | p99 | p99 of each round |\n| --- | --: | --: | --- |");
    for (const { name, rounds } of samples) {
      const [p50, p99] = [median(rounds.map(({ p50Ms }) => p50Ms)), median(rounds.map(({ p99Ms }) => p99Ms))];
      const each = rounds.map(({ p99Ms }) => p99Ms.toFixed(2)).join(" ");
      print(`| ${name} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${each} |`);
    }
  } finally {
    await openBao.stop();
    await endService(service);
    remove();
  }
}

const { values } = parseArgs({
  options: {
    delay: { type: "string", default: "5" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    callers: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});
const [delay, rounds, seconds, callers] = [values.delay, values.rounds, values.seconds, values.callers].map(Number);
if (values.help) print(usage);
else await run(delay ?? 5, callers ?? 1, { rounds: rounds ?? 5, seconds: seconds ?? 3 });
