import { expect, test } from "vitest";
import { mapInSlices } from "../../src/flow/slices.ts";

test("the results are in the order of the items", async () => {
  expect(await mapInSlices([3, 1, 2], (item) => item * 2)).toEqual([6, 2, 4]);
  expect(await mapInSlices(new Set<number>(), (item) => item)).toEqual([]);
});

test("fault A6: other work gets its turn while a long loop runs", async () => {
  let turns = 0;
  const count = () => {
    turns += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  const seen = await mapInSlices([1, 2, 3, 4], () => {
    const endsAt = performance.now() + 15;
    while (performance.now() < endsAt);
    return turns;
  });
  clearImmediate(counting);
  expect(new Set(seen).size).toBe(4);
});

test("an error of one item ends the loop", async () => {
  const done: number[] = [];
  const result = mapInSlices([1, 2, 3], (item) => {
    if (item === 2) throw new Error("two");
    done.push(item);
  });
  await expect(result).rejects.toThrow("two");
  expect(done).toEqual([1]);
});
