/** What the tree needs to know of a secret. */
export interface Item {
  readonly key: string;
  /** Whether it expires soon, is expired, or has to be rotated. */
  readonly isDue: boolean;
}

/** A folder of keys, with everything below it. */
export interface Folder<I extends Item> {
  /** Without a "/" at its end. Empty for the root. */
  readonly path: string;
  readonly name: string;
  readonly folders: Map<string, Folder<I>>;
  readonly items: I[];
  /** Secrets in it and in all folders below it. */
  count: number;
  /** Those of them that are due. */
  due: number;
}

interface Place {
  readonly depth: number;
  /** Position among the rows of the same folder, from 1, and their number: what a screen reader says. */
  readonly position: number;
  readonly setSize: number;
}

export interface FolderRow extends Place {
  readonly kind: "folder";
  readonly path: string;
  readonly name: string;
  readonly isOpen: boolean;
  readonly count: number;
  readonly due: number;
}

export interface ItemRow<I extends Item> extends Place {
  readonly kind: "item";
  readonly item: I;
  readonly name: string;
}

export type Row<I extends Item> = FolderRow | ItemRow<I>;

/** Sorts the items into folders by the "/" of their keys. Each key is in it once. */
export function buildTree<I extends Item>(items: Iterable<I>): Folder<I> {
  const root = emptyFolder<I>("", "");
  // Neighbours in a sorted list share their folders, so most of them are found without a look-up.
  for (const item of items) {
    let folder = root;
    let from = 0;
    count(folder, item);
    for (let slash = item.key.indexOf("/"); slash >= 0; slash = item.key.indexOf("/", from)) {
      const name = item.key.slice(from, slash);
      let next = folder.folders.get(name);
      if (next === undefined) {
        next = emptyFolder(item.key.slice(0, slash), name);
        folder.folders.set(name, next);
      }
      folder = next;
      count(folder, item);
      from = slash + 1;
    }
    folder.items.push(item);
  }
  return root;
}

function emptyFolder<I extends Item>(path: string, name: string): Folder<I> {
  return { path, name, folders: new Map(), items: [], count: 0, due: 0 };
}

function count<I extends Item>(folder: Folder<I>, item: I): void {
  folder.count += 1;
  if (item.isDue) folder.due += 1;
}

/** The rows that are seen when these folders are open: folders first, each followed by what is in it, both by name. */
export function rowsOf<I extends Item>(root: Folder<I>, open: ReadonlySet<string>): Row<I>[] {
  const rows: Row<I>[] = [];
  addRows(root, open, 0, rows);
  return rows;
}

function addRows<I extends Item>(folder: Folder<I>, open: ReadonlySet<string>, depth: number, rows: Row<I>[]): void {
  const folders = [...folder.folders.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const items = folder.items.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const setSize = folders.length + items.length;
  let position = 0;
  for (const inner of folders) {
    position += 1;
    const isOpen = open.has(inner.path);
    const { path, name, count: secrets, due } = inner;
    rows.push({ kind: "folder", path, name, depth, isOpen, count: secrets, due, position, setSize });
    if (isOpen) addRows(inner, open, depth + 1, rows);
  }
  for (const item of items) {
    position += 1;
    rows.push({ kind: "item", item, name: lastPart(item.key), depth, position, setSize });
  }
}

/** The part of a key after the last "/". */
export function lastPart(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

/** The part of a key up to its last "/", without it. Empty for a bare key. */
export function folderOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf("/")));
}

/** The folders that a key is in, from the outermost: those to open so that its row is seen. */
export function foldersAbove(key: string): readonly string[] {
  const found: string[] = [];
  for (let at = key.indexOf("/"); at >= 0; at = key.indexOf("/", at + 1)) found.push(key.slice(0, at));
  return found;
}
