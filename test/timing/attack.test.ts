import { expect, test } from "vitest";
import { bounds, runAttack } from "../attack/run.ts";

test("fault A1, A2, A6: every attack at once leaves memory within its bound, and others are served", async () => {
  const { mostMiB, afterMiB, longestMs, calls, failed } = await runAttack({ seconds: 20 });
  expect(calls).toBeGreaterThan(50);
  expect(failed).toBe(0);
  expect(Math.max(mostMiB, afterMiB)).toBeLessThan(bounds.residentMiB);
  expect(longestMs).toBeLessThanOrEqual(bounds.waitMs);
});
