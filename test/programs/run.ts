/**
 * Runs the tests with programs of others, which are fetched or built once into `.cache/programs`:
 * `run.ts [--all] [OPTION OF VITEST…]`. A program that cannot be had is named and its tests are skipped, or fail with
 * `--all`.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const given = process.argv.slice(2);
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const args = ["run", "--config", "vitest.programs.config.ts", "--reporter", "verbose"];
const env = { ...process.env, ...(given.includes("--all") ? { PROGRAMS_ALL: "1" } : {}) };
const options = { cwd: root, env, stdio: "inherit" } as const;
const run = spawnSync(process.execPath, [vitest, ...args, ...given.filter((option) => option !== "--all")], options);
process.exitCode = run.status ?? 1;
