import fc from "fast-check";
import { afterAll, beforeAll, describe, test } from "vitest";
import { startCore, type TestCore } from "../support/secrets/core.ts";
import { createDirectDriver } from "../support/secrets/direct-driver.ts";
import { histories, narrowings, peopleOf, permits, replay } from "../support/secrets/history.ts";
import { createWireDriver, type WireDriver } from "../support/secrets/wire-driver.ts";

const slow = process.env.SLOW === "1";

describe("threats 3, 4, 6, 7, 8, 11, 12, 13: random histories go as the model says", () => {
  let core: TestCore;
  let wire: WireDriver;
  beforeAll(async () => {
    core = await startCore();
    wire = await createWireDriver();
  });
  afterAll(async () => {
    await core.close();
    await wire.close();
  });

  test("in process", { timeout: 600_000 }, async () => {
    const driver = createDirectDriver(core.context);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(histories(30), narrowings, permits, async (history, narrowed, permitted) => {
        run += 1;
        const people = peopleOf(`t${run}`, `u${run}`, narrowed, permitted);
        await driver.addPeople(Object.values(people));
        await replay(history, driver, people);
      }),
      { numRuns: slow ? 3_000 : 120 },
    );
  });

  test("over the wire", { timeout: 600_000 }, async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(histories(20), narrowings, permits, async (history, narrowed, permitted) => {
        run += 1;
        const people = peopleOf(`t${run}`, `u${run}`, narrowed, permitted);
        await wire.addPeople(Object.values(people));
        await replay(history, wire, people);
      }),
      { numRuns: slow ? 200 : 20 },
    );
  });
});
