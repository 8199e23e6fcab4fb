/**
 * Attacks a service on this machine and prints what it did to it: `npm run attack`. Fails when memory or waits exceed
 * the bounds of docs/limits.md. `--only NAME` chooses an attack, `--each` runs them one after the other.
 */
import { parseArgs } from "node:util";
import { bounds, causedMs, type Report, runAttack } from "./run.ts";
import { strangerAttacks } from "./stranger-attacks.ts";
import { userAttacks } from "./user-attacks.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    only: { type: "string", multiple: true, default: [] },
    each: { type: "boolean", default: false },
  },
});

const names = [...Object.keys(userAttacks), ...Object.keys(strangerAttacks)];
const unknown = values.only.find((name) => !names.includes(name));
if (unknown !== undefined) throw new Error(`there is no attack "${unknown}"; there are: ${names.join(", ")}`);

const runs: readonly (readonly string[])[] = values.each ? names.map((name) => [name]) : [values.only];
for (const only of runs) {
  const report = await runAttack({ seconds: Number(values.seconds), only });
  process.stdout.write(`${describe(only, report)}\n`);
  if (report.mostMiB > bounds.residentMiB || causedMs(report) > bounds.waitMs || report.failed > 0)
    process.exitCode = 1;
}

function describe(only: readonly string[], report: Report): string {
  const { beforeMiB, mostMiB, afterMiB, longestMs, calls, failed, calm, turns, attackersMiB } = report;
  const what = only.length === 0 ? `all ${names.length} attacks at once` : only.join(", ");
  return [
    `${what}: resident memory ${beforeMiB} MiB before, at most ${mostMiB} MiB, ${afterMiB} MiB afterwards`,
    `longest wait of another caller ${longestMs} ms (${calls} calls, ${failed} failed), at a calm service ${calm.longestMs} ms`,
    `longest turn of the event loop ${turns.longestMs} ms, of which the processor worked ${turns.longestWorkMs} ms`,
    `attackers ${attackersMiB} MiB`,
  ].join("; ");
}
