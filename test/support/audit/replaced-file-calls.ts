import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { onTestFinished } from "vitest";

/** Replaces functions of `node:fs` until the test ends, because a disk does not fail on demand. */
export function replaceFileCalls(calls: Partial<typeof fs>): void {
  const before = Object.fromEntries(Object.keys(calls).map((name) => [name, fs[name as keyof typeof fs]]));
  const set = (functions: object) => {
    Object.assign(fs, functions);
    syncBuiltinESMExports();
  };
  set(calls);
  onTestFinished(() => set(before));
}

export function diskError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
