import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { connectBinary } from "../support/api/transports.ts";

let service: TestService;
let admin: Api;

beforeAll(async () => {
  service = await startService(connectBinary);
  admin = service.admin;
});
afterAll(() => service.stop());

/**
 * The longest turn of the event loop while `work` runs, in milliseconds of this thread's CPU time, whatever else uses
 * it.
 */
async function longestTurnMs(work: () => Promise<unknown>): Promise<number> {
  const cpuMs = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let longest = 0;
  let last = cpuMs();
  let done = false;
  const tick = () => {
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
    if (!done) setImmediate(tick);
  };
  setImmediate(tick);
  await work();
  done = true;
  return longest;
}

const place = (at: number) => `sealed/K${at}`;

async function sealAll(value: string, count: number) {
  const each = Array.from({ length: count }, (_, at) => admin.secrets.encryptValue({ value, key: place(at) }));
  return (await Promise.all(each)).map(({ value: text = "" }, at) => ({
    key: place(at),
    value: text,
    encrypted: true,
  }));
}

test.each([
  ["500 small values", "x".repeat(40), 500],
  ["as many large values as a request holds", "x".repeat(64 * 1024), 45],
])("saving and opening %s does not hold the event loop", async (name, value, count) => {
  const secrets = await sealAll(value, count);
  const turns: Record<string, number> = {
    save: await longestTurnMs(() => admin.secrets.saveSecrets({ secrets })),
    "save again": await longestTurnMs(() => admin.secrets.saveSecrets({ secrets })),
    open: await longestTurnMs(() => admin.secrets.decryptValue({ values: secrets.map((each) => each.value) })),
  };
  const shown = Object.entries(turns).map(([what, ms]) => `${what} ${ms.toFixed(1)} ms`);
  process.stdout.write(`${name}: longest turns: ${shown.join(", ")}\n`);
  // The client is also in this thread, and takes a part of each.
  for (const ms of Object.values(turns)) expect(ms).toBeLessThan(50);
});
