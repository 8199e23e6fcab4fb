import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

export const repository = join(import.meta.dirname, "../..");

/** A folder in `.cache/` for what a version of a suite is built into. */
export function cacheFolder(name: string): string {
  const folder = join(repository, ".cache", name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Runs a program, and ends this process with its exit code if it fails. Answers what it wrote, if that is piped. */
export function run(
  command: string,
  args: readonly string[],
  { cwd = repository, env = {}, stdout = "inherit" as "inherit" | "pipe" } = {},
): string {
  const done = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["inherit", stdout, "inherit"],
    encoding: "utf8",
  });
  if (done.error !== undefined) throw done.error;
  if (done.status !== 0) process.exit(done.status ?? 1);
  return done.stdout ?? "";
}
