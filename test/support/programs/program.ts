import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { TestContext } from "vitest";
import { repository } from "../docs/markdown.ts";

const run = promisify(execFile);

/** A program that users of the service have, which the tests fetch or build once, into `.cache/programs`. */
export interface Program {
  readonly name: string;
  readonly version: string;
  /** The toolchain that brings it. */
  readonly with: string;
  /** Puts it into a folder. */
  install(folder: string): Promise<void>;
  /** Where its executables are, within that folder. */
  readonly bin: string;
}

const cache = join(repository, ".cache/programs");
const patience = { timeout: 1_500_000, maxBuffer: 64 * 1024 * 1024 };

/**
 * The `PATH` with some programs first. A program that cannot be had skips the test, with the reason, or fails it where
 * `--all` was given or `CI` is set.
 */
export async function pathWith(context: TestContext, ...programs: readonly Program[]): Promise<string> {
  const folders: string[] = [];
  for (const program of programs) {
    const found = await findProgram(program);
    if ("folder" in found) folders.push(found.folder);
    else if (process.env.PROGRAMS_ALL || process.env.CI) throw new Error(found.missing);
    else context.skip(true, found.missing);
  }
  return [...folders, process.env.PATH ?? ""].join(delimiter);
}

/** Skips or fails like `pathWith` when a toolchain is not on the path. */
export async function needToolchain(context: TestContext, command: string, ...args: readonly string[]): Promise<void> {
  try {
    await run(command, [...args]);
  } catch {
    const missing = `there is no ${command}`;
    if (process.env.PROGRAMS_ALL || process.env.CI) throw new Error(missing);
    context.skip(true, missing);
  }
}

/** Fetches or builds a program at the first time. */
export async function findProgram(program: Program): Promise<{ folder: string } | { missing: string }> {
  const { name, version } = program;
  const folder = join(cache, `${name}-${version}`);
  if (existsSync(folder)) return { folder: join(folder, program.bin) };
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, `${name}-`));
  try {
    await program.install(work);
    // Another run may have been faster.
    if (!existsSync(folder)) renameSync(work, folder);
    return { folder: join(folder, program.bin) };
  } catch (error) {
    const why = isAbsent(error) ? `there is no ${program.with}` : saidBy(error);
    return { missing: `${name} ${version} cannot be had: ${why}` };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** What the tool said; some say it on standard output. */
function saidBy(error: unknown): string {
  const { stdout = "", stderr = "", message = "" } = error as { stdout?: string; stderr?: string; message?: string };
  return `${stdout}${stderr}`.trim().slice(0, 500) || message;
}

export function goProgram(name: string, module: string, version: string): Program {
  return {
    name,
    version,
    with: "go",
    bin: "",
    install: async (folder) => {
      await run("go", ["install", `${module}@${version}`], { ...patience, env: { ...process.env, GOBIN: folder } });
    },
  };
}

export function cargoProgram(name: string, version: string): Program {
  return {
    name,
    version,
    with: "cargo",
    bin: "bin",
    install: async (folder) => {
      await run("cargo", ["install", "--quiet", "--locked", "--root", folder, "--version", version, name], patience);
    },
  };
}

/**
 * `start` is its function that the command calls, as `module:function`. The scripts that pip writes cannot be moved.
 * `extras`: the optional parts of the package that it needs.
 */
export function pythonProgram(
  name: string,
  version: string,
  start: `${string}:${string}`,
  { extras }: { readonly extras?: string } = {},
): Program {
  const [module = "", call = ""] = start.split(":");
  return {
    name,
    version,
    with: "python3",
    bin: "",
    install: async (folder) => {
      const wanted = `${name}${extras === undefined ? "" : `[${extras}]`}==${version}`;
      const packages = ["--target", join(folder, "packages"), wanted];
      await run("python3", ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages], patience);
      const program = `import sys; sys.argv[0] = '${name}'; from ${module} import ${call}; ${call}()`;
      const paths = `own=\${0%/*}/packages; export PYTHONPATH="$own" PATH="$own/bin:$PATH"`;
      script(join(folder, name), `${paths}\nexec python3 -c "${program}" "$@"`);
    },
  };
}

export function npmProgram(name: string, version: string): Program {
  return {
    name,
    version,
    with: "npm",
    bin: "node_modules/.bin",
    install: async (folder) => {
      writeFileSync(join(folder, "package.json"), "{}");
      await run("npm", ["install", "--silent", "--no-audit", "--no-fund", "--no-save", `${name}@${version}`], {
        ...patience,
        cwd: folder,
      });
    },
  };
}

/** An executable of a Maven repository for this machine, or with `isJar` a program in Java. */
export function mavenProgram(name: string, artifact: string, version: string, { isJar = false } = {}): Program {
  return {
    name,
    version,
    with: "mvn",
    bin: "",
    install: async (folder) => {
      const full = isJar ? `${artifact}:${version}` : `${artifact}:${version}:exe:${machine()}`;
      const plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";
      const options = [`-Dartifact=${full}`, `-DoutputDirectory=${folder}`];
      await run("mvn", ["--quiet", "--batch-mode", plugin, ...options], patience);
      const [file = ""] = readdirSync(folder);
      if (isJar) script(join(folder, name), `exec java -jar "\${0%/*}/${file}" "$@"`);
      else renameSync(join(folder, file), join(folder, name));
      chmodSync(join(folder, name), 0o755);
    },
  };
}

/** Maven names machines in its own way. */
function machine(): string {
  const system = process.platform === "darwin" ? "osx" : "linux";
  return `${system}-${process.arch === "arm64" ? "aarch_64" : "x86_64"}`;
}

function script(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}
