/** `npm run test:failure`: one long run of the failure suite, with its result on standard output. */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { runCampaign } from "../support/failure/campaign.ts";
import { keepEvidence } from "../support/failure/evidence.ts";

const usage = `Usage: npm run test:failure -- [--faults N] [--minutes N] [--seed TEXT] [--store mongodb|sqlite]
                                [--audit-sync process|disk|full] [--verbose]

Writes and reads through service processes while they and their database are killed, stopped and cut off, and checks
every answer. Exits with 1 when a promise was broken.

  --faults N     faults to survive (default 300)
  --minutes N    no new fault after this time (default 18)
  --seed TEXT    the order and length of faults; random unless given, and printed
  --store NAME   mongodb (default: two services, three database nodes) or sqlite (one service)
  --audit-sync M  SECRET_SVC_AUDIT_SYNC of the services (default: not set, which is process)
  --verbose      print each fault when it begins
`;

const { values } = parseArgs({
  options: {
    faults: { type: "string", default: "300" },
    minutes: { type: "string", default: "18" },
    seed: { type: "string", default: randomBytes(4).toString("hex") },
    store: { type: "string", default: "mongodb" },
    "audit-sync": { type: "string" },
    verbose: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const faults = Number(values.faults);
const minutes = Number(values.minutes);
const { store, seed, verbose, "audit-sync": auditSync } = values;
type AuditSync = "process" | "disk" | "full";
const isSync = (text: string | undefined): text is AuditSync =>
  text === "process" || text === "disk" || text === "full";

if (values.help) {
  process.stdout.write(usage);
} else if (
  (store !== "mongodb" && store !== "sqlite") ||
  !(faults > 0) ||
  !(minutes > 0) ||
  !(auditSync === undefined || isSync(auditSync))
) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  await run(store);
}

async function run(chosen: "mongodb" | "sqlite"): Promise<void> {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(`seed ${seed}, ${chosen}, ${faults} faults, at most ${minutes} minutes`);
  const startedAt = Date.now();
  const seconds = () => ((Date.now() - startedAt) / 1_000).toFixed(0);
  let number = 0;
  const report = await runCampaign({
    store: chosen,
    auditSync: isSync(auditSync) ? auditSync : undefined,
    seed,
    faults,
    limitMs: minutes * 60_000,
    pauseMs: 200,
    onFault: (name) => {
      number += 1;
      if (verbose) print(`${seconds().padStart(5)} s  ${String(number).padStart(3)}  ${name}`);
    },
  });
  print("");
  for (const [name, count] of [...report.faults].sort()) print(`${String(count).padStart(5)}  ${name}`);
  const { ok, fail, unknown, read } = report.counts;
  const total = [...report.faults.values()].reduce((sum, each) => sum + each, 0);
  print("");
  print(`${total} faults in ${seconds()} s`);
  print(
    `writes: ${ok} acknowledged, ${fail} refused, ${unknown} unknown; ${read} reads; ${report.auditRecords} audit records`,
  );
  for (const violation of report.violations.slice(0, 20)) print(`VIOLATION ${violation}`);
  print(`${report.violations.length} violations`);
  if (report.violations.length > 0) print(`all operations, and what the services printed: ${keepEvidence(report)}`);
  if (report.violations.length > 0 || total < faults) process.exitCode = 1;
}
