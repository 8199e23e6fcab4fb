import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./docs/markdown.ts";

const builds = join(repository, ".cache/packages");
const sources = [
  "src",
  "gen",
  "console",
  "bin",
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "scripts/build-cli.ts",
  "scripts/build-console.ts",
  "scripts/licences.ts",
  "scripts/console",
];
/** Builds of earlier sources. Another run may still use a recent one. */
const oldMs = 24 * 60 * 60 * 1000;

let built: string | undefined;

const programs = { oo: "bin/oo", "secret-svc": "bin/secret-svc", "single file": "dist/oo.cjs" };

/**
 * Path of a program in the published package (or of `oo` as a single file), built once from the present sources. It
 * starts in half the processor time that the sources need, and tests start programs hundreds of times.
 */
export function programPath(name: keyof typeof programs): string {
  built ??= buildPackage();
  return join(built, programs[name]);
}

function buildPackage(): string {
  // What npm would install next to the package.
  mkdirSync(builds, { recursive: true });
  ignoreExisting(() => symlinkSync("../../node_modules", join(builds, "node_modules")));
  const path = join(builds, fingerprint());
  if (existsSync(path)) return path;
  removeOld();
  const unfinished = join(builds, `unfinished-${process.pid}`);
  rmSync(unfinished, { recursive: true, force: true });
  const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: repository, stdio: "pipe" });
  run(
    "node_modules/typescript/bin/tsc",
    "-p",
    "tsconfig.build.json",
    "--outDir",
    join(unfinished, "dist"),
    "--noCheck",
  );
  run("scripts/build-cli.ts", "--outfile", join(unfinished, "dist/oo.cjs"));
  run("scripts/build-console.ts", "--outdir", join(unfinished, "dist/console"));
  for (const entry of ["bin", "package.json"])
    cpSync(join(repository, entry), join(unfinished, entry), { recursive: true });
  for (const entry of ["docs", "proto"]) symlinkSync(join(repository, entry), join(unfinished, entry));
  ignoreExisting(() => renameSync(unfinished, path));
  rmSync(unfinished, { recursive: true, force: true });
  return path;
}

function fingerprint(): string {
  const hash = createHash("sha256");
  for (const source of sources) {
    const path = join(repository, source);
    const files = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: "utf8" }).sort() : [""];
    for (const file of files) {
      const { size, mtimeMs } = statSync(join(path, file));
      hash.update(`${join(path, file)}\n${size}\n${mtimeMs}\n`);
    }
  }
  return hash.digest("hex").slice(0, 16);
}

function removeOld(): void {
  for (const entry of readdirSync(builds)) {
    const path = join(builds, entry);
    if (entry !== "node_modules" && statSync(path).mtimeMs < Date.now() - oldMs) rmSync(path, { recursive: true });
  }
}

/** Another process may have done the same just now. */
function ignoreExisting(step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && ["EEXIST", "ENOTEMPTY"].includes(String(error.code))))
      throw error;
  }
}
