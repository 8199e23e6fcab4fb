import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createFairStarts } from "../../src/flow/fair-starts.ts";

test("threat 189: owners take turns, and those who are known come first", async () => {
  const starts = createFairStarts(() => 0);
  const order: string[] = [];
  for (const name of ["a1", "a2", "a3", "b1", "c1", "b2", "u1"]) {
    starts.run(name.slice(0, 1), name.startsWith("u") ? 1 : undefined, () => order.push(name));
  }
  expect(order).toEqual(["a1"]);
  await turn();
  await turn();
  expect(order).toEqual(["a1", "u1", "a2", "b1", "c1", "a3", "b2"]);
});

test("threat 189: of pieces that take long, at most two are in one turn", async () => {
  let nowMs = 0;
  const starts = createFairStarts(() => nowMs);
  const turns: number[] = [];
  let at = 0;
  for (let piece = 0; piece < 4; piece += 1) {
    starts.run("a", undefined, () =>
      process.nextTick(() => {
        nowMs += 5;
        turns.push(at);
      }),
    );
  }
  for (; turns.length < 4; at += 1) await turn();
  const perTurn = [...new Set(turns)].map((each) => turns.filter((other) => other === each).length);
  // The first one of all begins outside of a turn.
  expect(Math.max(...perTurn)).toBeLessThanOrEqual(2);
});

/** Starts pieces while the turn is taken, each of which takes `ms`. */
function startUrgent(pieces: readonly (readonly [size: number, ms: number])[]) {
  let nowMs = 0;
  const starts = createFairStarts(() => nowMs);
  const order: number[] = [];
  const run = (size: number, ms: number) =>
    starts.run("a", size, () => {
      order.push(size);
      nowMs += ms;
    });
  run(0, 0);
  for (const [size, ms] of pieces) run(size, ms);
  return order;
}

test("threat 250: short pieces come first, and each fourth one is the one that has waited longest", async () => {
  const order = startUrgent([9, 5, 8, 1, 2, 7, 3, 4].map((size) => [size, 0]));
  while (order.length < 9) await turn();
  expect(order).toEqual([0, 1, 2, 3, 9, 4, 5, 7, 8]);
});

test("threat 250: a hundred urgent pieces that take long do not wait for a hundred turns", async () => {
  const order = startUrgent(Array.from({ length: 100 }, (_, at) => [at, 5]));
  let turns = 0;
  for (; order.length < 101; turns += 1) await turn();
  expect(turns).toBeLessThan(20);
});
