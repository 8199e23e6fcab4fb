import { defineConfig } from "vitest/config";
import { otherSuites } from "./test/support/vitest/fast-tests.ts";
import { filesInMemory, runOptions } from "./test/support/vitest/run-options.ts";

/** Tests of MongoDB itself, and those that are for both stores. */
const mongodb = [
  "test/mongo/**/*.test.ts",
  "test/failure/**/*.test.ts",
  "test/store/mongo*.test.ts",
  "test/api/**/*.test.ts",
  "test/docs/documents.test.ts",
];

export default defineConfig({
  test: {
    ...runOptions,
    globalSetup: [filesInMemory, "test/support/mongo/shared-server-setup.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "sqlite",
          include: ["test/**/*.test.ts"],
          exclude: [...otherSuites, "node_modules/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "mongodb",
          include: mongodb,
          // It is about connections, and saves thousands of times.
          exclude: ["test/api/cancelled.test.ts", "node_modules/**"],
          env: { TEST_STORE: "mongodb" },
        },
      },
    ],
  },
});
