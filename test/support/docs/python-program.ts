import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "./markdown.ts";

const run = promisify(execFile);

/** A program of PyPI that users of the service have; its module has its name. */
export interface PythonProgram {
  readonly name: string;
  readonly version: string;
}

/** Checks the form of YAML files. */
export const yamllint: PythonProgram = { name: "yamllint", version: "1.38.0" };

/** Installs a program into `.cache/`, once in a checkout; else says why not. */
export async function findPythonProgram({
  name,
  version,
}: PythonProgram): Promise<{ folder: string } | { missing: string }> {
  const cache = join(repository, ".cache");
  const folder = join(cache, `${name}-${version}`);
  if (existsSync(folder)) return { folder };
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, `${name}-`));
  try {
    const packages = join(work, "packages");
    await run("python3", ["-m", "pip", "install", "--quiet", "--target", packages, `${name}==${version}`]);
    const script = `#!/bin/sh\nPYTHONPATH="\${0%/*}/packages" exec python3 -m ${name} "$@"\n`;
    writeFileSync(join(work, name), script, { mode: 0o755 });
    if (!existsSync(folder)) renameSync(work, folder);
    return { folder };
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    return { missing: isAbsent ? `there is no python3 to run ${name}` : `pip could not install ${name}` };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
