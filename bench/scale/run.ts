/**
 * `npm run bench:scale`: what calls cost in a tenant of a thousand, a hundred thousand and a million secrets, in both
 * stores. Prints a Markdown table.
 */
import { parseArgs } from "node:util";
import { startReplicaSet } from "../../test/support/mongo/replica-set.ts";
import { buildService } from "../built-service.ts";
import { readMachine } from "../machine.ts";
import { startProcess } from "../processes.ts";
import { describeMachine } from "../report/conditions.ts";
import { adminTransport, createUser, endService, startEmptyService } from "../service.ts";
import { fill } from "./fill.ts";
import { type Costs, measure, type Tokens } from "./measure.ts";
import { allRole, allSlug, fewRole, fewSecrets, fewSlug } from "./names.ts";

const usage = `usage: npm run bench:scale -- [--sizes 1000,100000,1000000] [--stores sqlite,mongodb]

A million secrets take some minutes, and about 2 GiB in the temporary folder.`;

async function main(): Promise<void> {
  const options = { sizes: { type: "string" }, stores: { type: "string" }, help: { type: "boolean" } } as const;
  const { values: flags } = parseArgs({ options });
  if (flags.help === true) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const sizes = (flags.sizes ?? "1000,100000,1000000").split(",").map(Number);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 200))
    throw new Error("each size must be at least 200");
  const machine = describeMachine(readMachine(), { node: process.versions.node });
  process.stdout.write(`${machine}; one caller, medians\n\n${head()}\n`);
  const built = await buildService();
  try {
    for (const store of (flags.stores ?? "sqlite,mongodb").split(",")) {
      if (store === "sqlite") for (const size of sizes) await measureStore(built.program, "SQLite", size);
      else if (store === "mongodb") await measureMongodb(built.program, sizes);
      else throw new Error(`there is no store called ${store}; there are sqlite and mongodb`);
    }
  } finally {
    built.remove();
  }
}

async function measureMongodb(program: string, sizes: readonly number[]): Promise<void> {
  const set = await startReplicaSet({ members: 1 });
  try {
    for (const size of sizes) await measureStore(program, "MongoDB", size, set.uri.replace("/?", `/scale_${size}?`));
  } finally {
    await set.stop();
  }
}

async function measureStore(program: string, name: string, size: number, store?: string): Promise<void> {
  const service = await startEmptyService({ program, store });
  try {
    const admin = adminTransport(service);
    const few = await createUser(admin, fewSlug, fewRole);
    const tokens: Tokens = { few, all: await createUser(admin, allSlug, allRole) };
    await service.server.stop();
    const perSecond = await fill(service.command.env, size);
    const server = await startProcess(service.command);
    try {
      process.stdout.write(`${rowOf(name, size, perSecond, await measure(server, tokens, size))}\n`);
    } finally {
      await server.stop();
    }
  } finally {
    await endService(service);
  }
}

function head(): string {
  const titles = ["store", "secrets", "read", `page that shows ${fewSecrets}`, "page of 100 at the end", "save"];
  return [[...titles, "memory", "filled"].join(" | "), "--- | --: | --: | --: | --: | --: | --: | --:"]
    .map((line) => `| ${line} |`)
    .join("\n");
}

function rowOf(store: string, size: number, perSecond: number, costs: Costs): string {
  const times = [costs.readMs, costs.fewMs, costs.deepMs, costs.saveMs].map((ms) => `${ms.toFixed(2)} ms`);
  const rate = `${Math.round(perSecond).toLocaleString("en")} /s`;
  const cells = [store, size.toLocaleString("en"), ...times, `${costs.mib.toFixed(0)} MiB`, rate];
  return `| ${cells.join(" | ")} |`;
}

await main();
