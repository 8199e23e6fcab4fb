import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createFairStarts, type Pace } from "../../src/flow/fair-starts.ts";

const roomy: Pace = { ranks: 4, cheapRanks: 2, most: 64, sliceMs: 8, least: 16, laterShare: 8, waiting: 100 };

/** Pieces that take `ms` each, which pass on the clock of a turn in the tick that they queue. */
function setUp(changed: Partial<Pace> = {}, ms = 0, usedMs?: () => number) {
  let nowMs = 0;
  let startMs: number | undefined;
  const starts = createFairStarts({ ...roomy, ...changed }, () => {
    if (startMs === undefined) {
      startMs = nowMs;
      setImmediate(() => {
        startMs = undefined;
      });
    }
    return usedMs?.() ?? nowMs - startMs;
  });
  const order: string[] = [];
  const run = (name: string, rank: number | (() => number) = 0, owner: unknown = name.slice(0, 1)) =>
    starts.run({
      owner,
      rank: typeof rank === "number" ? () => rank : rank,
      start() {
        order.push(name);
        process.nextTick(() => {
          nowMs += ms;
        });
      },
    });
  /** How many start in each turn until `count` have. */
  const perTurn = async (count: number) => {
    const seen: number[] = [];
    while (order.length < count) {
      const before = order.length;
      await turn();
      seen.push(order.length - before);
    }
    return seen;
  };
  return { order, run, starts, perTurn };
}

const names = (name: string, count: number) => Array.from({ length: count }, (_, at) => `${name}${at + 1}`);

test("threat 214: of many pieces that come at once, few start in a turn", async () => {
  const { order, run, perTurn } = setUp({ most: 2, least: 1 });
  for (const name of names("a", 10)) run(name);
  expect(order).toHaveLength(2);
  expect(Math.max(...(await perTurn(10)))).toBe(2);
});

test("threat 214: what asynchronous pieces do after their first await counts for the turn in which they start", async () => {
  let workedMs = 0;
  const starts = createFairStarts({ ...roomy, most: 3, least: 1 }, () => workedMs);
  let begun = 0;
  const start = async () => {
    begun += 1;
    await Promise.resolve();
    workedMs += 9;
  };
  for (let piece = 0; piece < 9; piece += 1) starts.run({ owner: piece, rank: () => 0, start });
  expect(begun).toBe(3);
  const before = begun;
  await turn();
  expect(begun - before).toBe(1);
  while (begun < 9) await turn();
});

test.each([1, 4])("threats 214, 250: in a turn that has worked for long, %d cheap ones start", async (least) => {
  const { order, run, perTurn } = setUp({ least }, 0, () => 9);
  for (const name of names("a", 3 * least)) run(name);
  expect(order).toHaveLength(least);
  expect(Math.max(...(await perTurn(3 * least)))).toBe(least);
});

test("threat 189: pieces that are not cheap start while there is time, or in the second turn that has none", async () => {
  const quick = setUp({}, 5);
  for (const name of names("a", 6)) quick.run(name, 3);
  expect(Math.max(...(await quick.perTurn(6)))).toBeLessThanOrEqual(2);
  const slow = setUp({}, 0, () => 9);
  for (const name of names("a", 3)) slow.run(name, 3);
  const seen = await slow.perTurn(3);
  expect(Math.max(...seen)).toBe(1);
  expect(seen.length).toBeGreaterThan(3);
});

test("threat 189: lower ranks come first, and owners take turns", async () => {
  const { order, run, perTurn } = setUp({ most: 1, least: 1, laterShare: 100 });
  for (const name of ["a1", "b1", "b2", "b3", "c1"]) run(name, 3);
  for (const name of ["d1", "e1"]) run(name, 1);
  for (const name of ["f1", "g1"]) run(name, 0);
  await perTurn(9);
  expect(order).toEqual(["a1", "f1", "g1", "d1", "e1", "b1", "c1", "b2", "b3"]);
});

test("threat 252: a cheap piece starts at once although larger ones wait", async () => {
  const { order, run, perTurn } = setUp({ most: 1 });
  for (const name of names("a", 4)) run(name, 3);
  run("cheap");
  expect(order).toEqual(["a1", "cheap"]);
  await perTurn(5);
});

test("threat 215: one piece of an owner comes before the second ones of others, and those get on as well", async () => {
  const { order, run, perTurn } = setUp({ most: 1, least: 1 });
  for (const name of ["a1", "a2", "a3", "a4", "b1", "c1"]) run(name);
  await perTurn(6);
  expect(order.indexOf("b1")).toBeLessThan(order.indexOf("a3"));
  expect(order.indexOf("c1")).toBeLessThan(order.indexOf("a4"));
});

test("threat 215: second pieces get on, however many owners come for the first time", async () => {
  const { order, run } = setUp({ most: 1, least: 1 });
  for (const name of names("a", 4)) run(name, 0, "modest");
  for (let at = 0; !order.includes("a4") && at < 100; at += 1) {
    run("fresh", 0, {});
    run("fresh", 0, {});
    await turn();
  }
  expect(order).toContain("a4");
});

test("threat 215: an owner may have no more waiting than it leaves free, and what is refused never starts", async () => {
  const { order, run, perTurn } = setUp({ most: 1, least: 1, waiting: 8 });
  run("first");
  const enter = (owner: string) => names(owner, 9).filter((name) => run(name) !== undefined).length;
  // Half of it, of the rest half, and so on: each rank by itself.
  expect(["a", "b", "c"].map(enter)).toEqual([4, 2, 1]);
  expect(run("d1", 1)).toBeDefined();
  await perTurn(9);
  await turn();
  await turn();
  expect(order.toSorted()).toEqual(["a1", "a2", "a3", "a4", "b1", "b2", "c1", "d1", "first"]);
});

test.each([0.1, 0.6, 0.8, 1.5, 3, 9])(
  "threats 189, 253: with pieces of the first rank of %d ms in each turn, all later ranks get on",
  async (ms) => {
    const { order, run } = setUp({}, ms);
    for (const rank of [1, 2, 3]) {
      for (let at = 0; at < 20; at += 1) run(`rank ${rank}`, rank, at);
    }
    const later = () => order.filter((name) => name.startsWith("rank")).length;
    let turns = 0;
    for (; later() < 60 && turns < 400; turns += 1) {
      for (let at = 0; at < 20; at += 1) run("u");
      await turn();
    }
    expect(later()).toBe(60);
  },
);

test("threat 253: while the first ranks fill all turns, each later rank gets its share of them", async () => {
  const { order, run } = setUp({ least: 4 }, 0, () => 9);
  const ranks = [1, 2, 3];
  for (const rank of ranks) for (const name of names(`${rank}.`, 40)) run(name, rank, name);
  for (let turns = 0; turns < 200; turns += 1) {
    for (const name of names("u", 6)) run(name, 0, name);
    await turn();
  }
  for (const rank of ranks) expect(order.filter((name) => name.startsWith(`${rank}.`)).length).toBeGreaterThan(15);
});

test("threat 253: a cheap rank does not wait behind one that may not start in this turn", async () => {
  const { order, run } = setUp({ least: 8, laterShare: 2 }, 0, () => 9);
  for (const rank of [1, 2, 3]) for (const name of names(`${rank}.`, 200)) run(name, rank, name);
  for (let turns = 0; turns < 40; turns += 1) {
    for (const name of names("u", 12)) run(name, 0, name);
    await turn();
  }
  // Each second start but for those of the other two, which may only start in each second turn.
  expect(order.filter((name) => name.startsWith("1.")).length).toBeGreaterThan(90);
});

test("threat 250: a hundred cheap pieces do not wait for a hundred turns", async () => {
  const { run, perTurn } = setUp({}, 9);
  for (const name of names("u", 101)) run(name);
  expect((await perTurn(101)).length).toBeLessThan(12);
});

test("threat 250: a piece whose rank grew while it waited comes when that rank does", async () => {
  const { order, run, perTurn } = setUp({ most: 1, least: 1 });
  let rank = 0;
  run("first");
  run("grown", () => rank);
  run("u");
  rank = 3;
  await perTurn(3);
  expect(order).toEqual(["first", "u", "grown"]);
});

test("threat 253: a piece whose rank grew starts also when there is no room in that rank", async () => {
  const { order, run, perTurn } = setUp({ most: 1, least: 1, waiting: 2 });
  let rank = 0;
  run("first");
  expect(run("grown", () => rank, "owner")).toBeDefined();
  expect(run("filler", 3, "owner")).toBeDefined();
  expect(run("refused", 3, "owner")).toBeUndefined();
  rank = 3;
  await perTurn(3);
  expect(order.toSorted()).toEqual(["filler", "first", "grown"]);
});

test("threat 250: what is forgotten does not start, and holds nothing", async () => {
  const { order, run, starts, perTurn } = setUp({ most: 1, least: 1 });
  run("first");
  const forget = [run("a1"), run("u1", 1), run("l1", 3)];
  run("b1");
  for (const each of forget) each?.();
  await perTurn(2);
  await turn();
  expect(order).toEqual(["first", "b1"]);
  expect(starts.runAtOnce(() => order.push("next"))).toBe(true);
});
