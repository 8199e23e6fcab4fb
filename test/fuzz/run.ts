/** `npm run test:fuzz`: inputs that no one writes, for everything that reads them. */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { createBrowserTarget } from "./browser.ts";
import { createCallTargets } from "./calls.ts";
import { codecTargets } from "./codecs.ts";
import { createHttp1Target } from "./http1.ts";
import { createHttp2Target } from "./http2.ts";
import { startSaidProvider } from "./login-provider.ts";
import { runTarget } from "./run-target.ts";
import { startFuzzedService } from "./service.ts";
import { createStreamTarget } from "./streams.ts";
import type { Target } from "./target.ts";
import { textTargets } from "./texts.ts";
import { createVaultTarget } from "./vault.ts";

const usage = `Usage: npm run test:fuzz -- [--inputs N] [--minutes N] [--seed N] [--target NAME]

Sends made-up requests to a service, and gives made-up texts to its parsers and to those of oo. Exits with 1 when the
service or a parser breaks, answers with a status of class 5xx other than 503, or takes more memory than it may.

  --inputs N     over all targets together (default 1000000; 20000 while you develop)
  --minutes N    at most (default 20); an error when there were fewer inputs by then
  --seed N       random unless given, and printed
  --target NAME  only this one, with all inputs
`;

/** Of the service, and of this process with the parsers. */
const serviceMibMax = 400;
const ownMibMax = 1500;

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "1000000" },
    minutes: { type: "string", default: "20" },
    seed: { type: "string", default: String(randomInt(2 ** 31)) },
    target: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const [inputs, minutes, seed] = [values.inputs, values.minutes, values.seed].map(Number);

if (values.help) process.stdout.write(usage);
else if (!(inputs !== undefined && inputs > 0 && minutes !== undefined && minutes > 0 && Number.isInteger(seed))) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  process.exitCode = (await run(inputs, minutes, seed ?? 0)) ? 0 : 1;
}

async function run(total: number, limitMinutes: number, firstSeed: number): Promise<boolean> {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(`seed ${firstSeed}, ${total} inputs, at most ${limitMinutes} minutes`);
  const untilMs = performance.now() + limitMinutes * 60_000;
  const provider = await startSaidProvider();
  const service = await startFuzzedService(provider);
  const afterRound = () => {
    if (!service.server.isRunning) throw new Error(`the service has ended:\n${service.server.output().slice(-4000)}`);
    const peak = service.peakMib();
    if (peak > serviceMibMax) throw new Error(`the service has taken ${peak} MiB, and may take ${serviceMibMax}`);
    const own = Math.round(process.memoryUsage.rss() / 2 ** 20);
    if (own > ownMibMax) throw new Error(`the parsers have taken ${own} MiB, and may take ${ownMibMax}`);
  };
  const all: readonly Target[] = [
    ...textTargets,
    ...codecTargets,
    // The longer the audit log, the longer a stream that verifies it.
    createStreamTarget(service),
    // The others make tokens, until there may not be one more session.
    createBrowserTarget(service, provider),
    createHttp1Target(service),
    createHttp2Target(service),
    ...createCallTargets(service),
    createVaultTarget(service),
  ];
  const chosen = all.filter(({ name }) => values.target === undefined || name === values.target);
  if (chosen.length === 0)
    print(`there is no target ${values.target}; there are ${all.map(({ name }) => name).join(", ")}`);
  const shares = chosen.reduce((sum, { share }) => sum + share, 0);
  let done = 0;
  const failed: string[] = [];
  for (const target of chosen) {
    const wanted = Math.ceil((total * target.share) / shares);
    const startedAt = performance.now();
    const result = await runTarget(target, { seed: firstSeed, inputs: wanted, untilMs, afterRound });
    const seconds = (performance.now() - startedAt) / 1000;
    done += result.inputs;
    const [count, time, rate] = [result.inputs, seconds, result.inputs / seconds].map((number) => number.toFixed(0));
    const memory = service.server.isRunning ? `${service.residentMib()} MiB` : "gone";
    print(
      `${target.name.padEnd(12)} ${count?.padStart(8)} inputs in ${time?.padStart(4)} s, ${rate?.padStart(6)} each second, service ${memory}`,
    );
    if (result.failure === undefined) continue;
    failed.push(target.name);
    print(`  FAILED: ${result.failure}`);
  }
  print(`the service took ${service.server.isRunning ? service.peakMib() : "?"} MiB at most, of ${serviceMibMax}`);
  if (service.server.isRunning) await service.stop();
  await provider.close();
  const isEnough = done >= total;
  if (!isEnough) print(`only ${done} of ${total} inputs in ${limitMinutes} minutes`);
  print(failed.length === 0 ? `${done} inputs, nothing found` : `found something in ${failed.join(", ")}`);
  return failed.length === 0 && isEnough && chosen.length > 0;
}
