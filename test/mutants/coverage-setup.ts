import { appendFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect } from "vitest";

// Setup file of vitest: appends which functions of src/ each test file calls, by the counters of V8, to COVERAGE_LOG.

const log = process.env.COVERAGE_LOG ?? "";
const root = process.env.COVERAGE_ROOT ?? "";
const shared = globalThis as { coverageSession?: Session };

async function session(): Promise<Session> {
  if (shared.coverageSession === undefined) {
    shared.coverageSession = new Session();
    shared.coverageSession.connect();
    await shared.coverageSession.post("Profiler.enable");
    await shared.coverageSession.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  }
  return shared.coverageSession;
}

let startedAtMs = 0;

beforeAll(async () => {
  // Taking the counters sets them to zero.
  await (await session()).post("Profiler.takePreciseCoverage");
  startedAtMs = performance.now();
});

afterAll(async () => {
  const { result } = await (await session()).post("Profiler.takePreciseCoverage");
  const files = result
    .filter(({ functions }) =>
      functions.some(({ functionName, ranges }) => functionName !== "" && (ranges[0]?.count ?? 0) > 0),
    )
    .map(({ url }) => relative(root, url.startsWith("file:") ? fileURLToPath(url) : url).replace(/\?.*$/, ""))
    .filter((file) => file.startsWith("src/"));
  const test = relative(root, expect.getState().testPath ?? "");
  const line = { test, ms: Math.round(performance.now() - startedAtMs), files: [...new Set(files)] };
  appendFileSync(log, `${JSON.stringify(line)}\n`);
});
