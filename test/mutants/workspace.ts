import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A copy of the checkout, whose sources may be changed. */
export interface Workspace {
  readonly folder: string;
  remove(): void;
}

/** Copies the files that git knows or would take, and links what is installed. */
export function copyCheckout(root: string): Workspace {
  const folder = mkdtempSync(join(tmpdir(), "secret-svc-mutants-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  for (const file of listed.toString().split("\0")) {
    // Not what was deleted, but not yet in git, and not a link to a folder.
    if (file === "" || lstatSync(join(root, file), { throwIfNoEntry: false })?.isFile() !== true) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(root, ".cache"), { recursive: true });
  if (!existsSync(join(folder, ".cache"))) symlinkSync(join(root, ".cache"), join(folder, ".cache"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
