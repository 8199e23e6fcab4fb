import { expect, test } from "vitest";
import { createLanes, mapInLanes } from "../../src/flow/lanes.ts";

test("lanes never have more in flight than there are, start in order, and go on after a failure", async () => {
  const lanes = createLanes(3);
  let inFlight = 0;
  let most = 0;
  const started: number[] = [];
  const work = (at: number) => async () => {
    started.push(at);
    inFlight += 1;
    most = Math.max(most, inFlight);
    await Promise.resolve();
    inFlight -= 1;
    if (at % 4 === 0) throw new Error("failed");
    return at;
  };
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => lanes.run(work(at))));
  expect(most).toBe(3);
  expect(started).toEqual(Array.from({ length: 20 }, (_, at) => at));
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(5);
  expect(await mapInLanes([1, 2, 3], 2, async (each) => each * 2)).toEqual([2, 4, 6]);
});
