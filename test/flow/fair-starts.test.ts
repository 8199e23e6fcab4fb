import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createFairStarts } from "../../src/flow/fair-starts.ts";

test("threat 189: owners take turns, and those who are known come first", async () => {
  const starts = createFairStarts(() => 0);
  const order: string[] = [];
  for (const name of ["a1", "a2", "a3", "b1", "c1", "b2", "u1"]) {
    starts.run(name.slice(0, 1), name.startsWith("u"), () => order.push(name));
  }
  expect(order).toEqual(["a1"]);
  await turn();
  await turn();
  expect(order).toEqual(["a1", "u1", "a2", "b1", "c1", "a3", "b2"]);
});

test("threat 189: pieces that take long have a turn of their own each", async () => {
  let nowMs = 0;
  const starts = createFairStarts(() => nowMs);
  const turns: number[] = [];
  let at = 0;
  for (let piece = 0; piece < 4; piece += 1) {
    starts.run("a", false, () =>
      process.nextTick(() => {
        nowMs += 5;
        turns.push(at);
      }),
    );
  }
  for (; turns.length < 4; at += 1) await turn();
  expect(new Set(turns).size).toBe(4);
});
