import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import { startCore, type TestCore } from "../support/secrets/core.ts";
import { createDirectDriver } from "../support/secrets/direct-driver.ts";
import { histories, narrowings, peopleOf, permits, replay } from "../support/secrets/history.ts";

const slow = process.env.SLOW === "1";

let core: TestCore;
beforeAll(async () => {
  core = await startCore();
});
afterAll(() => core.close());

test("threats 3, 4, 6, 7, 8, 11, 12, 13: random histories go as the model says", { timeout: 600_000 }, async () => {
  const driver = createDirectDriver(core.context);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(histories(30), narrowings, permits, async (history, narrowed, permitted) => {
      run += 1;
      const people = peopleOf(`t${run}`, `u${run}`, narrowed, permitted);
      await driver.addPeople(Object.values(people));
      await replay(history, driver, people);
    }),
    { numRuns: slow ? 500 : 20 },
  );
});
