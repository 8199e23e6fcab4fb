import { highest } from "./key-range.ts";
import type { FolderEntry, FolderPage, FolderQuery, SecretName } from "./secret-store.ts";

/** The names in the metadata that make a secret due at some time. */
export const timedNames: readonly string[] = ["expires", "rotation_interval"];

/** Where a page continues after an entry. */
export function positionOf(entry: FolderEntry): string {
  return entry.kind === "folder" ? `${entry.path}/` : entry.name.key;
}

/** Follows "/" in byte order, so it is the first character after everything in a folder. */
const afterSlash = "0";

/**
 * A page of a folder. `readNames` returns the first names of a range in byte order. When they end inside a folder, the
 * next range begins after it: the cost depends on the entries of the page, not on what is in the folders.
 */
export async function walkFolder(
  { folder, after, limit }: FolderQuery,
  chunk: number,
  readNames: (range: { readonly from: string; readonly to: string }, limit: number) => Promise<readonly SecretName[]>,
): Promise<FolderPage> {
  const prefix = prefixOf(folder);
  const to = prefix + highest;
  const entries: FolderEntry[] = [];
  let from = after === "" ? prefix : firstAfter(after);
  for (;;) {
    const names = await readNames({ from, to }, chunk);
    for (const name of names) {
      const last = entries.at(-1);
      if (last?.kind === "folder" && name.key.startsWith(`${last.path}/`)) continue;
      if (last !== undefined && entries.length === limit) return { entries, next: positionOf(last) };
      const end = name.key.indexOf("/", prefix.length);
      entries.push(end < 0 ? { kind: "secret", name } : { kind: "folder", path: name.key.slice(0, end) });
    }
    const last = entries.at(-1);
    if (names.length < chunk || last === undefined) return { entries, next: undefined };
    from = firstAfter(positionOf(last));
  }
}

/** What all keys in a folder start with. */
export function prefixOf(folder: string): string {
  return folder === "" ? "" : `${folder}/`;
}

function firstAfter(position: string): string {
  return position.endsWith("/") ? position.slice(0, -1) + afterSlash : `${position}\0`;
}
