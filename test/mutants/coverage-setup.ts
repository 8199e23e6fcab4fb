import { appendFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect } from "vitest";
import { coveredRanges } from "./ranges.ts";

// Setup file of vitest: appends which parts of src/ each test file runs, by the counters of V8, to COVERAGE_LOG.

const log = process.env.COVERAGE_LOG ?? "";
const root = process.env.COVERAGE_ROOT ?? "";
const shared = globalThis as { coverageSession?: Session };

async function session(): Promise<Session> {
  if (shared.coverageSession === undefined) {
    shared.coverageSession = new Session();
    shared.coverageSession.connect();
    await shared.coverageSession.post("Profiler.enable");
    await shared.coverageSession.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }
  return shared.coverageSession;
}

let startedAt = process.cpuUsage();

beforeAll(async () => {
  // Taking the counters sets them to zero.
  await (await session()).post("Profiler.takePreciseCoverage");
  // Not the time on the clock: the machine may be busy.
  startedAt = process.cpuUsage();
});

afterAll(async () => {
  const { user, system } = process.cpuUsage(startedAt);
  const ms = Math.round((user + system) / 1000);
  const { result } = await (await session()).post("Profiler.takePreciseCoverage");
  const files: Record<string, number[]> = {};
  for (const { url, functions } of result) {
    if (!url.startsWith("file:")) continue;
    const file = relative(root, fileURLToPath(url.replace(/\?.*$/, "")));
    if (!file.startsWith("src/")) continue;
    const ranges = coveredRanges(functions);
    if (ranges.length > 0) files[file] = ranges;
  }
  const test = relative(root, expect.getState().testPath ?? "");
  appendFileSync(log, `${JSON.stringify({ test, ms, files })}\n`);
});
