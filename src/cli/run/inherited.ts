import { readdirSync, readlinkSync } from "node:fs";

/**
 * File descriptors from 3 up that came from the process that started this one; empty where that cannot be found out.
 */
export function inheritedDescriptors(): number[] {
  const targets = new Map<number, string>();
  try {
    for (const name of readdirSync("/proc/self/fd")) {
      const fd = Number(name);
      const target = fd < 3 ? undefined : linkOf(fd);
      if (target !== undefined) targets.set(fd, target);
    }
  } catch {
    return [];
  }
  return [...targets].filter(([, target]) => !isOurs(target, targets)).map(([fd]) => fd);
}

/** Node's own are anonymous, lead nowhere, or are both ends of a pipe. */
function isOurs(target: string, targets: ReadonlyMap<number, string>): boolean {
  if (target.startsWith("anon_inode:") || target === "/dev/null") return true;
  return target.startsWith("pipe:") && [...targets.values()].filter((each) => each === target).length > 1;
}

/** Undefined for the one that the folder was read through, which is closed by now. */
function linkOf(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}

/** Where bin/oo puts the signals that were ignored when it started: Node stops ignoring them at once. */
export const ignoredSignalsVariable = "OO_IGNORED_SIGNALS";

/** Signals that Node sets itself, and those that no process can ignore. */
const notIgnorable = [9, 13, 19, 25];

/** The numbers of the signals in a mask of Linux, such as `0000000000000001` for SIGHUP. */
export function ignoredSignals(mask: string | undefined): number[] {
  if (mask === undefined || !/^[0-9a-f]{1,16}$/.test(mask)) return [];
  const bits = BigInt(`0x${mask}`);
  const numbers = Array.from({ length: 31 }, (_, i) => i + 1);
  return numbers.filter((number) => !notIgnorable.includes(number) && ((bits >> BigInt(number - 1)) & 1n) === 1n);
}

/**
 * The command, or a shell that goes on ignoring these signals and becomes the command: a signal that is ignored stays
 * ignored in the programs that a process becomes.
 */
export function ignoring(
  signals: readonly number[],
  program: string,
  args: readonly string[],
): { readonly program: string; readonly args: readonly string[] } {
  if (signals.length === 0) return { program, args };
  return { program: "/bin/sh", args: ["-c", `trap '' ${signals.join(" ")}; exec "$@"`, "sh", program, ...args] };
}
