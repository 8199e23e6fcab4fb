import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder with programs that stand in for those that print secrets. */
export interface Programs {
  readonly folder: string;
  /** A script of sh; answers its path. */
  script(text: string): string;
  /** A path in the folder where nothing is yet. */
  path(): string;
  /** A named pipe. */
  pipe(): string;
  /** A folder within it. */
  subfolder(): string;
  [Symbol.dispose](): void;
}

export function makePrograms(): Programs {
  const folder = mkdtempSync(join(tmpdir(), "key-programs-"));
  let made = 0;
  const path = () => {
    made += 1;
    return join(folder, `program-${made}`);
  };
  const create = <T>(make: (at: string) => T) => {
    const at = path();
    make(at);
    return at;
  };
  return {
    folder,
    path,
    script: (text) => create((at) => writeFileSync(at, `#!/bin/sh\n${text}\n`, { mode: 0o755 })),
    pipe: () => create((at) => execFileSync("mkfifo", ["-m", "600", at])),
    subfolder: () => create((at) => mkdirSync(at, { mode: 0o755 })),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The numbers of the processes that run with this text among their words. */
export function processesWith(text: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && wordsOf(name).includes(text))
    .map(Number);
}

/** A process that has just ended has none. */
function wordsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}
