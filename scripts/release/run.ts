import { execFileSync } from "node:child_process";

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a tool and answers its output. What it printed is part of the error when it fails; so is the name of one that is
 * not there.
 */
export function run(program: string, args: readonly string[], { cwd, env = {} }: RunOptions): string {
  try {
    return execFileSync(program, [...args], {
      cwd,
      env: { ...process.env, ...env },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1024 ** 3,
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new Error(`there is no ${program} on the path`, { cause: error });
    }
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
