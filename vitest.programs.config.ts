import { defineConfig } from "vitest/config";
import { filesInMemory, runOptions } from "./test/support/vitest/run-options.ts";

/** Tests with programs of others that have to be downloaded: `npm run test:programs` finds them first. */
export default defineConfig({
  test: { ...runOptions, globalSetup: [filesInMemory], include: ["test/programs/fetched/**/*.test.ts"] },
});
