import { spawn } from "node:child_process";
import { join } from "node:path";

export interface TestRun {
  /** `failed` also when they do not end. */
  readonly result: "passed" | "failed" | "late";
  readonly output: string;
}

export interface TestRunOptions {
  /** The checkout whose tests run. */
  readonly folder: string;
  readonly files: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly limitMs: number;
}

/** Runs test files with vitest, in a process group of its own, which is ended as a whole when it takes too long. */
export function runTests({ folder, files, args = [], env = {}, limitMs }: TestRunOptions): Promise<TestRun> {
  const vitest = join(folder, "node_modules/.bin/vitest");
  const child = spawn(
    vitest,
    ["run", "--config", "test/mutants/vitest.config.ts", "--project", "sqlite", ...args, ...files],
    {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (more: string) => {
      output = (output + more).slice(-20_000);
    });
  }
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, limitMs);
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ result: isLate ? "late" : code === 0 ? "passed" : "failed", output });
    });
  });
}
