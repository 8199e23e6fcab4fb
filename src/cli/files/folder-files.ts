import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { join, sep } from "node:path";
import { compareBytes } from "../../text/byte-order.ts";
import { CliError, systemReason } from "../frame/errors.ts";

/** A file of secrets in a folder. */
export interface FoundFile {
  /** As a reader of messages knows it. */
  readonly path: string;
  /** Without symbolic links. */
  readonly realPath: string;
}

/** Something in a folder that is not read. */
export interface LeftOut {
  readonly path: string;
  readonly why: string;
  /** Whether it is named like a file of secrets, or may be a folder of them. */
  readonly looksLikeOurs: boolean;
  readonly isHidden: boolean;
}

export interface FolderFiles {
  readonly found: readonly FoundFile[];
  readonly leftOut: readonly LeftOut[];
}

const yamlName = /\.ya?ml$/;
const almostYamlName = /\.ya?ml$/i;
/** Its objects and branches are not files that a person keeps there. */
const gitFolder = ".git";

export function hasYamlName(path: string): boolean {
  return yamlName.test(path);
}

/** The status of what a path leads to; undefined if there is nothing, or nothing that can be looked at. */
export function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/**
 * Every `*.yaml` and `*.yml` file below a folder, in the byte order of the names, each once. Symbolic links are
 * followed within the folder and never out of it: a mounted ConfigMap consists of such links. Hidden files are left
 * out.
 */
export function findFolderFiles(folder: string): FolderFiles {
  const root = realpathSync(folder);
  const files = new Map<string, FoundFile>();
  const folders = new Set<string>();
  const leftOut: (LeftOut & { readonly realPath?: string })[] = [];

  function visit(path: string, realPath: string, isHidden: boolean): void {
    if (!isHidden && folders.has(realPath)) return;
    if (!isHidden) folders.add(realPath);
    for (const entry of readFolder(path)) look(entry, path, realPath, isHidden || entry.name.startsWith("."));
  }

  function look(entry: Dirent, parent: string, realParent: string, isHidden: boolean): void {
    const path = join(parent, entry.name);
    const looksLikeOurs = almostYamlName.test(entry.name);
    const realPath = join(realParent, entry.name);
    const leave = (why: string) => leftOut.push({ path, why, looksLikeOurs, isHidden, realPath });
    if (entry.isDirectory()) {
      if (entry.name !== gitFolder) visit(path, realPath, isHidden);
    } else if (entry.isSymbolicLink()) {
      lookAtLink(path, looksLikeOurs, isHidden);
    } else if (!looksLikeOurs) return;
    else if (!entry.isFile()) leave("it is not a regular file");
    else if (isHidden) leave("it is hidden");
    else if (!yamlName.test(entry.name)) leave("its name does not end in .yaml or .yml in lower case");
    else if (!files.has(realPath)) files.set(realPath, { path, realPath });
  }

  function lookAtLink(path: string, looksLikeOurs: boolean, isHidden: boolean): void {
    const realPath = targetOf(path);
    const target = realPath === undefined ? undefined : statusOf(realPath);
    const isFolder = target?.isDirectory() === true;
    const leave = (why: string) => {
      leftOut.push({ path, why, isHidden, looksLikeOurs: looksLikeOurs || (isFolder && !isHidden) });
    };
    if (realPath === undefined || target === undefined) return void leave("it is a symbolic link to nothing");
    if (realPath !== root && !realPath.startsWith(root + sep)) {
      return void leave(`it is a symbolic link to something outside of ${folder}`);
    }
    // What it leads to is in this folder, and is looked at there.
    if (isHidden) return;
    if (isFolder) visit(path, realPath, false);
    else if (!looksLikeOurs) return;
    else if (!target.isFile()) leave("it is not a regular file");
    else if (!yamlName.test(path)) leave("its name does not end in .yaml or .yml in lower case");
    else if (!files.has(realPath)) files.set(realPath, { path, realPath });
  }

  visit(folder, root, false);
  return {
    found: [...files.values()],
    leftOut: leftOut.filter(({ realPath }) => realPath === undefined || !files.has(realPath)),
  };
}

function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => compareBytes(a.name, b.name));
  } catch (error) {
    throw new CliError(`cannot read the folder ${folder}: ${systemReason(error)}`);
  }
}

/** Undefined for a link that leads nowhere, or in a circle. */
function targetOf(link: string): string | undefined {
  try {
    return realpathSync(link);
  } catch {
    return undefined;
  }
}
