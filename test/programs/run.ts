/**
 * Runs the tests with programs of others, which are fetched or built once into `.cache/programs`: `run.ts [--all] [FILTER…]`.
 * A program that cannot be had is named and its tests are skipped, or fail with `--all`.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname, "../..");
const { values, positionals } = parseArgs({ options: { all: { type: "boolean" } }, allowPositionals: true });
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const args = ["run", "--config", "vitest.programs.config.ts", "--reporter", "verbose", ...positionals];
const env = { ...process.env, ...(values.all === true ? { PROGRAMS_ALL: "1" } : {}) };
process.exitCode = spawnSync(process.execPath, [vitest, ...args], { cwd: root, env, stdio: "inherit" }).status ?? 1;
