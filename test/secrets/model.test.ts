import { afterAll, beforeAll, describe, test } from "vitest";
import { startCore, type TestCore } from "../support/secrets/core.ts";
import { createDirectDriver } from "../support/secrets/direct-driver.ts";
import { checkHistories } from "../support/secrets/history.ts";
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
    await checkHistories(createDirectDriver(core.context), { steps: 30, runs: slow ? 3_000 : 250 });
  });

  test("over the wire", { timeout: 600_000 }, async () => {
    await checkHistories(wire, { steps: 20, runs: slow ? 200 : 20 });
  });
});
