import { compareBytes } from "../../src/text/byte-order.ts";
import { type Due, type DueKind, nothingDue } from "./due.ts";

/** What the tree needs to know of a secret. */
export interface Item {
  readonly key: string;
  /** Whether it expires soon, is expired, or has to be rotated. */
  readonly due: DueKind | undefined;
}

/** A folder of which only the numbers are known: what is in it is not loaded. */
export interface Stub {
  readonly path: string;
  readonly count: number;
  readonly due: Due;
  /** The numbers are those of the first thousand. */
  readonly hasMore: boolean;
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
  /** How many of them are due, and for what. */
  due: Record<DueKind, number>;
  /** There are more than the numbers say. */
  hasMore: boolean;
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
  readonly due: Due;
  readonly hasMore: boolean;
}

export interface ItemRow<I extends Item> extends Place {
  readonly kind: "item";
  readonly item: I;
  readonly name: string;
}

export type Row<I extends Item> = FolderRow | ItemRow<I>;

/**
 * Sorts the items into folders by the "/" of their keys. Each key is in it once. Stubs add folders, and their numbers.
 */
export function buildTree<I extends Item>(items: Iterable<I>, stubs: Iterable<Stub> = []): Folder<I> {
  const root = emptyFolder<I>("", "");
  // The next item is mostly in the same folder as the one before.
  let path = "";
  let chain: readonly Folder<I>[] = [root];
  for (const item of items) {
    const at = folderOf(item.key);
    if (at !== path) {
      path = at;
      chain = openChain(root, at);
    }
    for (const folder of chain) count(folder, item);
    chain.at(-1)?.items.push(item);
  }
  for (const stub of stubs) addStub(root, stub);
  return root;
}

/** The folders that lead to a path, from the root. Those that are missing are made. */
function openChain<I extends Item>(root: Folder<I>, path: string): readonly Folder<I>[] {
  const chain = [root];
  if (path === "") return chain;
  let folder = root;
  for (const above of [...foldersAbove(path), path]) {
    folder = innerFolder(folder, lastPart(above), above);
    chain.push(folder);
  }
  return chain;
}

function innerFolder<I extends Item>(folder: Folder<I>, name: string, path: string): Folder<I> {
  const known = folder.folders.get(name);
  if (known !== undefined) return known;
  const made = emptyFolder<I>(path, name);
  folder.folders.set(name, made);
  return made;
}

function addStub<I extends Item>(root: Folder<I>, { path, count: secrets, due, hasMore }: Stub): void {
  const folder = openChain(root, path).at(-1);
  if (path === "" || folder === undefined) return;
  folder.count = Math.max(folder.count, secrets);
  for (const kind of ["expired", "expiring", "rotationDue"] as const) {
    folder.due[kind] = Math.max(folder.due[kind], due[kind]);
  }
  folder.hasMore = hasMore && folder.count <= secrets;
}

function emptyFolder<I extends Item>(path: string, name: string): Folder<I> {
  return { path, name, folders: new Map(), items: [], count: 0, due: { ...nothingDue }, hasMore: false };
}

function count<I extends Item>(folder: Folder<I>, item: I): void {
  folder.count += 1;
  if (item.due !== undefined) folder.due[item.due] += 1;
}

/** The rows that are seen when these folders are open: folders first, each followed by what is in it, both by name. */
export function rowsOf<I extends Item>(root: Folder<I>, open: ReadonlySet<string>): Row<I>[] {
  const rows: Row<I>[] = [];
  addRows(root, open, 0, rows);
  return rows;
}

/**
 * The folders to open before anyone has chosen: level by level while all rows fit, then those in which something is
 * due.
 */
export function openAtFirst<I extends Item>(root: Folder<I>, rowsMax: number): ReadonlySet<string> {
  const open = new Set<string>();
  let rows = sizeOf(root);
  let level = [...root.folders.values()];
  while (level.length > 0) {
    const isWhole = rows + level.reduce((sum, folder) => sum + sizeOf(folder), 0) <= rowsMax;
    const opened: Folder<I>[] = [];
    for (const folder of level) {
      if (!isWhole && (!isDue(folder) || rows + sizeOf(folder) > rowsMax)) continue;
      rows += sizeOf(folder);
      open.add(folder.path);
      opened.push(folder);
    }
    level = opened.flatMap(({ folders }) => [...folders.values()]);
  }
  return open;
}

/** Rows that are directly in a folder. */
function sizeOf<I extends Item>({ folders, items }: Folder<I>): number {
  return folders.size + items.length;
}

function isDue<I extends Item>({ due }: Folder<I>): boolean {
  return due.expired + due.expiring + due.rotationDue > 0;
}

function addRows<I extends Item>(folder: Folder<I>, open: ReadonlySet<string>, depth: number, rows: Row<I>[]): void {
  const folders = [...folder.folders.values()].sort((a, b) => compareBytes(a.name, b.name));
  const items = folder.items.toSorted((a, b) => compareBytes(a.key, b.key));
  const setSize = folders.length + items.length;
  let position = 0;
  for (const inner of folders) {
    position += 1;
    const isOpen = open.has(inner.path);
    const { path, name, count: secrets, due, hasMore } = inner;
    rows.push({ kind: "folder", path, name, depth, isOpen, count: secrets, due, hasMore, position, setSize });
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
