import { join } from "node:path";
import { defineConfig } from "vitest/config";

const source = (name: string) => join(import.meta.dirname, "src", name);

export default defineConfig({
  root: import.meta.dirname,
  resolve: {
    alias: [
      { find: /^@secret-svc\/client$/, replacement: source("node.ts") },
      { find: /^@secret-svc\/client\/(browser|grpc-js|v1)$/, replacement: source("$1.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
