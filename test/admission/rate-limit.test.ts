import { describe, expect, test } from "vitest";
import { createRateLimit } from "../../src/admission/rate-limit.ts";

function start(perMinute: number, nowMs = 5_000_000) {
  const clock = { nowMs };
  return { clock, limit: createRateLimit(perMinute, () => clock.nowMs) };
}

/** How many calls get through before one has to wait. */
function drain(limit: ReturnType<typeof start>["limit"], name: string): number {
  for (let count = 0; ; count += 1) if (limit.take(name) > 0) return count;
}

describe("a limit of calls per minute", () => {
  test("allows that many at once, and says when the next one may come", () => {
    const { clock, limit } = start(60);
    expect(drain(limit, "a")).toBe(60);
    expect(limit.take("a")).toBe(1_000);
    clock.nowMs += 999;
    expect(limit.waitMs("a")).toBe(1);
    clock.nowMs += 1;
    expect(limit.waitMs("a")).toBe(0);
    expect(drain(limit, "a")).toBe(1);
    clock.nowMs += 60_000;
    expect(drain(limit, "a")).toBe(60);
  });

  test.each([7, 60, 300, 997])("allows %i at once, whatever fraction of a millisecond it is", (perMinute) => {
    for (let i = 0; i < 100; i += 1) {
      const { limit } = start(perMinute, 5_000 + i / 97);
      expect(drain(limit, "a")).toBe(perMinute);
    }
  });

  test("is one for each name", () => {
    const { limit } = start(2);
    expect(drain(limit, "a")).toBe(2);
    expect(drain(limit, "b")).toBe(2);
    expect(limit.waitMs("c")).toBe(0);
  });

  test("is never above its rate in the long run", () => {
    const { clock, limit } = start(30);
    let taken = 0;
    for (let second = 0; second < 600; second += 1) {
      taken += drain(limit, "a");
      clock.nowMs += 1_000;
    }
    expect(taken).toBe(30 + 299);
  });

  test("remembers 10,000 names, and forgets the oldest for a new one", () => {
    const { limit } = start(1);
    for (let i = 0; i < 10_000; i += 1) expect(limit.take(`name-${i}`)).toBe(0);
    expect(limit.waitMs("name-0")).toBeGreaterThan(0);
    limit.take("new");
    expect(limit.waitMs("name-0")).toBe(0);
    expect(limit.waitMs("name-1")).toBeGreaterThan(0);
  });
});
