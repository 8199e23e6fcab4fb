import { globSync } from "node:fs";
import type { ViteUserConfig } from "vitest/config";
import { isRandom, otherSuites } from "./fast-tests.ts";
import { mongoProcessTests, processTests } from "./process-tests.ts";
import { filesInMemory, runOptions, storeThread } from "./run-options.ts";

/** Tests of MongoDB itself, and those that are for both stores. */
const ofMongo = [
  "test/mongo/**/*.test.ts",
  "test/failure/**/*.test.ts",
  "test/store/mongo*.test.ts",
  "test/api/**/*.test.ts",
  "test/backup/{restore,tampered}.test.ts",
  "test/docs/documents.test.ts",
  "test/browser/console/{list,secret,edit,audit,states}.test.ts",
  "test/login/{users,back-channel,recheck,rotation,passkeys}.test.ts",
];

/** It is about connections, and saves thousands of times. */
const notOfMongo = ["test/api/cancelled.test.ts"];

/** Which tests a run has: all, those without many processes, only these, or those with random inputs. */
type Part = "all" | "quick" | "processes" | "random";

/** A run on both stores. */
export function configOf(part: Part): ViteUserConfig {
  return {
    test: {
      ...runOptions,
      globalSetup: [filesInMemory, storeThread, "test/support/mongo/shared-server-setup.ts"],
      projects: [
        { extends: true, test: { name: "sqlite", ...filesOf(part, "sqlite") } },
        { extends: true, test: { name: "mongodb", ...filesOf(part, "mongodb"), env: { TEST_STORE: "mongodb" } } },
      ],
    },
  };
}

interface Files {
  readonly include: string[];
  readonly exclude: string[];
}

/** The files of a part on one store. */
export function filesOf(part: Part, store: "sqlite" | "mongodb"): Files {
  const include = store === "sqlite" ? ["test/**/*.test.ts"] : ofMongo;
  const exclude = ["node_modules/**", ...(store === "sqlite" ? otherSuites : notOfMongo)];
  if (part === "all") return { include, exclude };
  const withProcesses = [...processTests, ...(store === "sqlite" ? [] : mongoProcessTests)];
  if (part === "quick") return { include, exclude: [...exclude, ...withProcesses] };
  const ofStore = globSync(include, { exclude });
  const chosen = part === "random" ? isRandom : (file: string) => withProcesses.includes(file);
  return { include: ofStore.filter(chosen).sort(), exclude };
}
