import { afterAll, beforeAll, test } from "vitest";
import { startCore, type TestCore } from "../support/secrets/core.ts";
import { createDirectDriver } from "../support/secrets/direct-driver.ts";
import { checkHistories } from "../support/secrets/history.ts";

const slow = process.env.SLOW === "1";

let core: TestCore;
beforeAll(async () => {
  core = await startCore();
});
afterAll(() => core.close());

test("threats 3, 4, 6, 7, 8, 11, 12, 13: random histories go as the model says", { timeout: 600_000 }, async () => {
  await checkHistories(createDirectDriver(core.context), { steps: 30, runs: slow ? 500 : 20 });
});
