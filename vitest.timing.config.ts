import { defineConfig } from "vitest/config";

/** Measurements of time: alone, one after the other, and not part of `npm test`. */
export default defineConfig({
  test: {
    include: ["test/timing/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
});
