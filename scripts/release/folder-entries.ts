import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { Entry } from "./tar.ts";

/**
 * What is in a folder, for an archive. Of a mode only the executable bit is taken: the others are those of the machine
 * that builds.
 */
export function entriesOf(folder: string, into = ""): Entry[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).map((found) => {
    const file = join(found.parentPath, found.name);
    const path = join(into, relative(folder, file));
    if (found.isDirectory()) return { path, kind: "folder", mode: 0o755 };
    if (found.isSymbolicLink()) return { path, kind: "link", mode: 0o777, target: readlinkSync(file) };
    return { path, kind: "file", mode: isExecutable(file) ? 0o755 : 0o644, content: readFileSync(file) };
  });
}

function isExecutable(file: string): boolean {
  return (statSync(file).mode & 0o100) !== 0;
}
