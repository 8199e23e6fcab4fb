/**
 * `npm run test:programs`: the tests with programs of others that have to be downloaded. What is missing is named, and its
 * tests are left out; with `--all` that is an error. Other arguments go to vitest.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { debianPrograms, findDebianProgram } from "../support/programs/debian-program.ts";

const root = join(import.meta.dirname, "../..");
const args = process.argv.slice(2).filter((arg) => arg !== "--all");
const isAllNeeded = process.argv.includes("--all");

const missing: string[] = [];
for (const program of debianPrograms) {
  const found = await findDebianProgram(program);
  if ("missing" in found) missing.push(program.name);
  process.stdout.write(`${program.name}: ${"missing" in found ? `missing: ${found.missing}` : found.path}\n`);
}
if (isAllNeeded && missing.length > 0) {
  process.stdout.write(`${missing.length} programs are missing, and --all needs every one of them\n`);
  process.exit(1);
}
const left = missing.flatMap((name) => ["--exclude", `test/programs/fetched/${name}*.test.ts`]);
const done = spawnSync("vitest", ["run", "--config", "vitest.programs.config.ts", ...left, ...args], {
  cwd: root,
  stdio: "inherit",
});
process.exit(done.status ?? 1);
