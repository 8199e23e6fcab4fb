import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPackage, root } from "../licences.ts";

/** The files of the commit that is released, without anything else that a checkout may contain. */
export interface Source {
  readonly folder: string;
  /** For what parts of the release are made of. */
  readonly work: string;
  readonly version: string;
  readonly commit: string;
  /** When the commit was made: the time of everything that is in the release. */
  readonly seconds: number;
  /** Whether the checkout has changes that are not committed, which the release does not have. */
  readonly isDirty: boolean;
  [Symbol.dispose](): void;
}

export function takeSource(): Source {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  const work = mkdtempSync(join(tmpdir(), "release-"));
  const folder = join(work, "source");
  mkdirSync(folder);
  const archive = execFileSync("git", ["archive", "HEAD"], { cwd: root, maxBuffer: 1024 ** 3 });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return {
    folder,
    work,
    version: readPackage(folder).version,
    commit: git("rev-parse", "HEAD"),
    seconds: Number(git("show", "--no-patch", "--format=%ct", "HEAD")),
    isDirty: git("status", "--porcelain", "--untracked-files=no") !== "",
    [Symbol.dispose]: () => rmSync(work, { recursive: true, force: true }),
  };
}
