import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { programPath } from "../built-package.ts";
import { compileCache } from "../compile-cache.ts";
import type { Run, RunOptions } from "./run.ts";

/** The program in a checkout. */
export const ooPath = fileURLToPath(new URL("../../../bin/oo", import.meta.url));

/** Starts `oo` as users do and waits for its end. `runOo` does the same much faster, in this process. */
export function runOoProcess(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return runProgram(programPath("oo"), args, options);
}

/** Runs any program and waits for its end. */
export function runProgram(
  program: string,
  args: readonly string[],
  { env = {}, input = "", cwd }: RunOptions = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { PATH: process.env.PATH ?? "", ...compileCache, ...env }, cwd });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
    });
  });
}
