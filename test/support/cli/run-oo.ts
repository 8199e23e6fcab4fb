import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The program as users start it. */
export const ooPath = fileURLToPath(new URL("../../../bin/oo", import.meta.url));

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  /** Nothing else of the environment but PATH is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; closed at once when absent. */
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
}

/** Runs `oo` and waits for its end. */
export function runOo(args: readonly string[], { env = {}, input = "", cwd }: RunOptions = {}): Promise<Run> {
  return runProgram(ooPath, args, { env, input, ...(cwd === undefined ? {} : { cwd }) });
}

/** Runs any program and waits for its end. */
export function runProgram(
  program: string,
  args: readonly string[],
  { env = {}, input = "", cwd }: RunOptions = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { PATH: process.env.PATH ?? "", ...env }, cwd });
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
