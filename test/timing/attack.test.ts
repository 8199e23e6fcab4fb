import { expect, test } from "vitest";
import { bounds, causedMs, runAttack } from "../attack/run.ts";

test("fault A1, A2, A6: every attack at once leaves memory within its bound, and others are served", async () => {
  const report = await runAttack({ seconds: 20 });
  const { mostMiB, afterMiB, calls, failed } = report;
  expect(calls).toBeGreaterThan(50);
  expect(failed).toBe(0);
  expect(Math.max(mostMiB, afterMiB)).toBeLessThan(bounds.residentMiB);
  expect(causedMs(report)).toBeLessThanOrEqual(bounds.waitMs);
});
