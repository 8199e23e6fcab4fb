import { readFileSync } from "node:fs";

const mib = 1024;

/** Resident memory of a process in MiB, as Linux counts it. Throws when the process is gone. */
export function residentMiB(pid: number): number {
  return read(pid, "VmRSS");
}

/** The most that it was since the process began. */
export function mostMiB(pid: number): number {
  return read(pid, "VmHWM");
}

function read(pid: number, field: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1]) / mib);
}
