import { defineConfig } from "vitest/config";
import { common, filesInMemory } from "./test/support/vitest/common.ts";
import { fastTests } from "./test/support/vitest/fast-tests.ts";

/** While typing: the tests that start no process, need no MongoDB, and are quick. */
export default defineConfig({
  test: {
    ...common,
    name: "fast",
    globalSetup: [filesInMemory],
    setupFiles: ["test/support/vitest/no-processes.ts"],
    include: fastTests(),
  },
});
