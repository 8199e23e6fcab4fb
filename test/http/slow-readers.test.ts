import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSlowReaders } from "../../src/http/call/slow-readers.ts";
import { checkRandom } from "../support/random-draws.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("watch" as const), at: fc.nat(9), bytes: fc.nat(3000) }),
    fc.record({ kind: fc.constant("forget" as const), at: fc.nat(9) }),
    fc.record({ kind: fc.constant("wait" as const), steps: fc.integer({ min: 1, max: 4 }) }),
  ),
  { maxLength: 60 },
);

test("fault A1: cuts off each response once it is due, and no other, whatever was watched and taken before", () => {
  checkRandom(
    fc.property(steps, (made) => {
      const slow = createSlowReaders({ patienceMs: 40, bytesPerSecond: 100_000 });
      const cut: number[] = [];
      const readers = Array.from({ length: 10 }, (_, at) => ({ unreadAt: -1, cut: () => void cut.push(at) }));
      const due = new Map<number, number>();
      const expected: number[] = [];
      let now = 0;
      for (const step of made) {
        if (step.kind === "wait") {
          for (let passed = 0; passed < step.steps; passed += 1) {
            vi.advanceTimersByTime(10);
            now += 1;
            for (const [at, dueAt] of due) if (dueAt <= now && due.delete(at)) expected.push(at);
          }
          expect([...cut].sort()).toEqual([...expected].sort());
          continue;
        }
        const reader = readers[step.at];
        if (reader === undefined) continue;
        if (step.kind === "forget") {
          slow.forget(reader);
          due.delete(step.at);
        } else {
          slow.watch(reader, step.bytes);
          due.set(step.at, now + 1 + Math.ceil((40 + step.bytes / 100) / 10));
        }
        expect(slow.unread).toBe(due.size);
      }
      slow.close();
    }),
  );
});
