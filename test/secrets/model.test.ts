import { afterAll, beforeAll, describe, test } from "vitest";
import { startCore, type TestCore } from "../support/secrets/core.ts";
import { createDirectDriver } from "../support/secrets/direct-driver.ts";
import { checkHistories } from "../support/secrets/history.ts";
import { createWireDriver, type WireDriver } from "../support/secrets/wire-driver.ts";

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

  test("in process", async () => {
    await checkHistories(createDirectDriver(core.context), { steps: 30, runs: 120, more: 25 });
  });

  test("over the wire", async () => {
    await checkHistories(wire, { steps: 20, runs: 20 });
  });
});
