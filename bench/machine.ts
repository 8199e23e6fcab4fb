import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import type { Machine } from "./report/results.ts";

const cpuInfo = "/proc/cpuinfo";

/** The machine that this process runs on. Whether it is a virtual one is known on Linux only. */
export function readMachine(): Machine {
  const [cpu] = cpus();
  return {
    cores: cpus().length,
    cpu: cpu?.model.trim() ?? "unknown processor",
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    system: `${type()} ${release()}`,
    ...(existsSync(cpuInfo) ? { isVirtual: /\bhypervisor\b/.test(readFileSync(cpuInfo, "utf8")) } : {}),
  };
}

/** The version that a program prints when it is called with `args`. Throws when it prints none. */
export function versionOf(binary: string, args: readonly string[]): string {
  const printed = execFileSync(binary, args, { encoding: "utf8" });
  const version = /\d+\.\d+\.\d+[\w.+-]*/.exec(printed)?.[0];
  if (version === undefined) throw new Error(`${binary} does not print a version`);
  return version;
}
