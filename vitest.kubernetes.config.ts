import { defineConfig } from "vitest/config";
import { runOptions } from "./test/support/vitest/run-options.ts";

/** With the API server of Kubernetes, which takes long to build once. Not part of `npm test` or `test:programs`. */
export default defineConfig({
  test: {
    ...runOptions,
    include: ["test/kubernetes/**/*.test.ts"],
    maxWorkers: 1,
    fileParallelism: false,
    hookTimeout: 7_200_000,
  },
});
