import { afterAll, beforeAll, test } from "vitest";
import { startCore, type TestCore } from "../support/secrets/core.ts";
import { createDirectDriver } from "../support/secrets/direct-driver.ts";
import { checkHistories } from "../support/secrets/history.ts";

let core: TestCore;
beforeAll(async () => {
  core = await startCore();
});
afterAll(() => core.close());

test("threats 3, 4, 6, 7, 8, 11, 12, 13: random histories go as the model says", async () => {
  await checkHistories(createDirectDriver(core.context), { steps: 30, runs: 20, more: 25 });
});
