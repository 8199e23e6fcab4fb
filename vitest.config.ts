import { defineConfig } from "vitest/config";

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
    globalSetup: ["test/support/mongo/shared-server-setup.ts"],
    pool: "forks",
    // hpke uses parts of WebCrypto that Node calls experimental.
    execArgv: ["--disable-warning=ExperimentalWarning"],
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: "sqlite",
          include: ["test/**/*.test.ts"],
          exclude: [
            "test/timing/**",
            "test/mongo/**",
            "test/failure/**",
            "test/store/mongo*.test.ts",
            "node_modules/**",
          ],
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
