import { defineConfig } from "vitest/config";
import { filesInMemory, runOptions } from "./test/support/vitest/run-options.ts";

/** Other browsers than Chromium, which is in `npm run test:processes`. One at a time, and not part of `npm test`. */
export default defineConfig({
  test: {
    ...runOptions,
    include: ["test/browsers/**/*.test.ts"],
    globalSetup: [filesInMemory],
    maxWorkers: 1,
    fileParallelism: false,
  },
});
