import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";

/** A file of `src/` and the files of `src/` that it imports; paths from `src/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const specifier = /(?:\bfrom|\bimport\(|\bimport)\s*"(\.[^"]+)"/g;

/** Reads every file below the folder `src`. */
export function readSource(src: string): readonly SourceFile[] {
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(src, join(entry.parentPath, entry.name)))
    .sort()
    .map((path) => {
      const text = readFileSync(join(src, path), "utf8");
      const targets = [...text.matchAll(specifier)].map(([, to = ""]) => normalize(join(dirname(path), to)));
      return { path, text, imports: targets.filter((target) => !target.startsWith("..")) };
    });
}

/** The room of a file: its folder, or itself when it is loose. */
export function roomOf(path: string): string {
  const folder = dirname(path);
  return folder === "." ? path : folder;
}

/** For each room the other rooms that its files import. */
export function importsOfRooms(files: readonly SourceFile[]): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, Set<string>>();
  for (const { path, imports } of files) {
    const from = all.get(roomOf(path)) ?? new Set<string>();
    all.set(roomOf(path), from);
    for (const target of imports) if (roomOf(target) !== roomOf(path)) from.add(roomOf(target));
  }
  return all;
}
