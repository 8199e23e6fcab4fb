import { defineConfig } from "vitest/config";
import { fastTests } from "./test/support/vitest/fast-tests.ts";
import { filesInMemory, runOptions, storeThread } from "./test/support/vitest/run-options.ts";

/** While typing: the tests that start no process, need no MongoDB, and are quick. */
export default defineConfig({
  test: {
    ...runOptions,
    name: "fast",
    globalSetup: [filesInMemory, storeThread],
    setupFiles: ["test/support/vitest/no-processes.ts"],
    include: fastTests(),
  },
});
