import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createPacedStarts } from "../../src/flow/paced-starts.ts";

const roomy = { most: 2, sliceMs: 8, least: 1, waitingOfOwner: 100, urgentOfOwner: 100 };

test("threat 214: of many asynchronous pieces that come at once, few begin in a turn", async () => {
  const starts = createPacedStarts(roomy, () => 0);
  let begun = 0;
  for (let piece = 0; piece < 10; piece += 1) {
    starts.run("a", false, () => {
      begun += 1;
    });
  }
  const seen = [begun];
  while (begun < 10) {
    await turn();
    seen.push(begun);
  }
  const perTurn = seen.map((count, at) => count - (seen[at - 1] ?? 0));
  expect(Math.max(...perTurn)).toBe(2);
});

test.each([1, 4])("threats 214, 250: in a turn that has worked for long, no more than %d begin", async (least) => {
  const starts = createPacedStarts({ ...roomy, most: 100, least }, () => 9);
  let begun = 0;
  for (let piece = 0; piece < 7; piece += 1) {
    starts.run("a", false, () => {
      begun += 1;
    });
  }
  expect(begun).toBe(least);
});

test("threat 215: one piece of an owner comes before the second ones of others, and those get on as well", async () => {
  const starts = createPacedStarts({ ...roomy, most: 1 }, () => 0);
  const order: string[] = [];
  for (const name of ["a1", "a2", "a3", "a4", "b1", "c1"]) starts.run(name[0], false, () => order.push(name));
  while (order.length < 6) await turn();
  expect(order.indexOf("b1")).toBeLessThan(order.indexOf("a3"));
  expect(order.indexOf("c1")).toBeLessThan(order.indexOf("a4"));
});

test("threat 215: what is more than an owner may have waiting is refused, and never starts", async () => {
  const starts = createPacedStarts({ most: 1, sliceMs: 8, least: 1, waitingOfOwner: 2, urgentOfOwner: 3 }, () => 0);
  const order: string[] = [];
  const entered = ["a1", "a2", "a3", "a4", "b1"].map((name) => starts.run(name[0], false, () => order.push(name)));
  expect(entered).toEqual([true, true, true, false, true]);
  while (order.length < 4) await turn();
  await turn();
  expect(order.toSorted()).toEqual(["a1", "a2", "a3", "b1"]);
  // The first one begins at once, and three wait.
  const urgent = ["a1", "a2", "a3", "a4", "a5"].map((name) => starts.run("a", true, () => order.push(name)));
  expect(urgent).toEqual([true, true, true, true, false]);
});

test("threat 215: second pieces of everyone get on, however many urgent ones there are", async () => {
  const starts = createPacedStarts({ ...roomy, most: 1 }, () => 0);
  const done: string[] = [];
  const urgent = (owner: string) => () => {
    done.push(owner);
    // Always another one, and another owner.
    if (done.length < 200) starts.run(owner, true, urgent(owner));
    if (done.length < 200) starts.run(`fresh ${done.length}`, true, () => undefined);
  };
  starts.run("busy", true, urgent("busy"));
  starts.run("busy", true, urgent("busy"));
  for (const piece of ["first", "second", "third"]) starts.run("modest", false, () => done.push(piece));
  while (!done.includes("third") && done.length < 200) await turn();
  expect(done).toContain("third");
  expect(done.length).toBeLessThan(200);
});
