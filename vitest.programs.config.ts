import { defineConfig } from "vitest/config";
import { runOptions } from "./test/support/vitest/run-options.ts";

/** Programs that have to be fetched or built, in the folders of `test/programs`. Not part of `npm test`. */
export default defineConfig({
  test: {
    ...runOptions,
    include: ["test/programs/*/**/*.test.ts"],
    maxWorkers: 1,
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
  },
});
