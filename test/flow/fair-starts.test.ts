import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createFairStarts, type Piece } from "../../src/flow/fair-starts.ts";

/** Pieces that take `ms` each, which pass on the clock of the test in the tick that they queue. */
function setUp(ms = 0) {
  let nowMs = 0;
  const starts = createFairStarts(() => nowMs);
  const order: string[] = [];
  const run = (name: string, urgency: Piece["urgency"] = () => "none", owner = name.slice(0, 1)) =>
    starts.run({
      owner,
      urgency,
      start() {
        order.push(name);
        process.nextTick(() => {
          nowMs += ms;
        });
      },
    });
  return { order, run };
}

test("threat 189: owners take turns, and those who are known come first", async () => {
  const { order, run } = setUp();
  for (const name of ["a1", "a2", "a3", "b1", "c1", "b2"]) run(name);
  run("u1", () => "short");
  expect(order).toEqual(["a1"]);
  while (order.length < 7) await turn();
  expect(order).toEqual(["a1", "u1", "a2", "b1", "c1", "a3", "b2"]);
});

test("threat 189: of pieces that take long, at most two are in one turn", async () => {
  const { order, run } = setUp(5);
  for (const name of ["a1", "a2", "a3", "a4"]) run(name);
  const perTurn: number[] = [];
  for (let seen = 0; seen < 4; seen = order.length) {
    await turn();
    perTurn.push(order.length - seen);
  }
  // The first one of all begins outside of a turn.
  expect(Math.max(...perTurn)).toBeLessThanOrEqual(2);
});

test("threat 250: short pieces come before larger ones, of which each fourth is one", async () => {
  const { order, run } = setUp();
  run("first");
  for (const name of ["L1", "L2"]) run(name, () => "larger");
  for (const name of ["s1", "s2", "s3", "s4", "s5"]) run(name, () => "short");
  while (order.length < 8) await turn();
  expect(order).toEqual(["first", "s1", "s2", "s3", "L1", "s4", "s5", "L2"]);
});

test("threat 250: a hundred short pieces do not wait for a hundred turns", async () => {
  const { order, run } = setUp(0.5);
  for (let at = 0; at < 101; at += 1) run(`u${at}`, () => "short");
  let turns = 0;
  for (; order.length < 101; turns += 1) await turn();
  expect(turns).toBeLessThan(12);
});

test("threat 250: urgent pieces that take long end the turn as well", async () => {
  const { order, run } = setUp(5);
  for (let at = 0; at < 21; at += 1) run(`u${at}`, () => "short");
  const before = order.length;
  await turn();
  // One in the tick before, and those that fit into 8 ms.
  expect(order.length - before).toBeLessThanOrEqual(3);
  while (order.length < 21) await turn();
});

test("threat 250: what has become larger while it waited is no longer urgent", async () => {
  const { order, run } = setUp();
  let urgency: "short" | "none" = "short";
  run("first");
  run("grown", () => urgency);
  run("u", () => "short");
  urgency = "none";
  while (order.length < 3) await turn();
  expect(order).toEqual(["first", "u", "grown"]);
});

test.each([0.1, 0.6, 0.8, 1.5, 3])(
  "threat 189: with urgent pieces of %d ms in each turn, all others get on",
  async (ms) => {
    const { order, run } = setUp(ms);
    for (let at = 0; at < 53; at += 1) run(`other ${at}`, undefined, `${at}`);
    const others = () => order.filter((name) => name.startsWith("other")).length;
    let turns = 0;
    for (; others() < 53 && turns < 400; turns += 1) {
      for (let at = 0; at < 20; at += 1) run("u", () => "short");
      await turn();
    }
    expect(others()).toBe(53);
  },
);

test("threat 250: what is forgotten does not start, and holds nothing", async () => {
  const { order, run } = setUp();
  run("first");
  const forget = [run("a1"), run("u1", () => "short"), run("l1", () => "larger")];
  run("b1");
  for (const each of forget) each();
  while (order.length < 2) await turn();
  await turn();
  expect(order).toEqual(["first", "b1"]);
});
