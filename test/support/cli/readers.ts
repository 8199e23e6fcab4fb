import { execFile, spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../docs/markdown.ts";

/** Reads an exported file with the code of a program that it is meant for. */
export interface Reader {
  readonly name: string;
  /** Why it cannot be had here; some are built or installed, once in a checkout. */
  readonly missing: string | undefined;
  /** Names and values as that program has them. */
  read(file: string): Promise<Readonly<Record<string, string>>>;
}

const run = promisify(execFile);
const cache = join(repository, ".cache");
const maxBuffer = 64 * 1024 * 1024;

/** As a shell does that takes a file into its environment. */
export function shellReader(shell: string, ...options: string[]): Reader {
  return {
    name: shell,
    missing: spawnSync(shell, ["-c", ":"]).status === 0 ? undefined : `there is no ${shell}`,
    read: async (file) => {
      const { stdout } = await run(shell, [...options, "-c", `set -a; . "$0"; exec env -0`, file], {
        maxBuffer,
        env: { PATH: process.env.PATH },
      });
      const lines = stdout
        .split("\0")
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
      return Object.fromEntries(lines);
    },
  };
}

/** Node's `--env-file`. */
export const nodeReader: Reader = {
  name: "node",
  missing: undefined,
  read: (file) =>
    readJson(process.execPath, [`--env-file=${file}`, "-e", "process.stdout.write(JSON.stringify(process.env))"]),
};

/** The code of Docker Compose, docker and Kubernetes. */
export async function goReaders(): Promise<readonly Reader[]> {
  const program = join(cache, "export-readers", "readers");
  const cwd = join(repository, "test/support/cli/readers");
  const missing = await prepare("go", ["build", "-o", program, "."], { cwd });
  const reader = (name: string, format: string): Reader => ({
    name,
    missing,
    read: (file) => readJson(program, [format, file]),
  });
  return [reader("compose", "dotenv"), reader("docker", "docker-env"), reader("kubernetes", "k8s")];
}

/** Python's YAML. */
export async function pythonYamlReader(): Promise<Reader> {
  const folder = join(cache, "pyyaml-6.0.3");
  const script =
    "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1], encoding='utf-8', newline='')), sys.stdout)";
  return {
    name: "PyYAML",
    missing: await prepare("python3", ["-m", "pip", "install", "--quiet", "--target", folder, "PyYAML==6.0.3"], {
      folder,
    }),
    read: (file) => readJson("python3", ["-c", script, file], { PYTHONPATH: folder }),
  };
}

/** The package `dotenv` of npm. */
export async function npmDotenvReader(): Promise<Reader> {
  const folder = join(cache, "dotenv-18.0.10");
  const script =
    "process.stdout.write(JSON.stringify(require('dotenv').parse(require('fs').readFileSync(process.argv[1]))))";
  const args = ["install", "--silent", "--no-save", "--prefix", folder, "dotenv@18.0.10"];
  return {
    name: "npm's dotenv",
    missing: await prepare("npm", args, { folder }),
    read: (file) => readJson(process.execPath, ["-e", script, file], { NODE_PATH: join(folder, "node_modules") }),
  };
}

async function readJson(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { stdout } = await run(program, args, { maxBuffer, env: { PATH: process.env.PATH, ...env } });
  return JSON.parse(stdout) as Record<string, string>;
}

async function prepare(
  program: string,
  args: readonly string[],
  { cwd, folder }: { readonly cwd?: string; readonly folder?: string },
): Promise<string | undefined> {
  if (folder !== undefined && existsSync(folder)) return undefined;
  try {
    await run(program, args, cwd === undefined ? {} : { cwd });
    return undefined;
  } catch (error) {
    // Half of it would look like all of it the next time.
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    return isAbsent ? `there is no ${program}` : `${program} failed`;
  }
}
