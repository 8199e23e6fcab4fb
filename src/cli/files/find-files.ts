import { constants } from "node:fs";
import { readBounded, UnreadableFileError } from "../../files/read-bounded.ts";
import { limits } from "../../limits.ts";
import { utf8Text } from "../formats/utf8-text.ts";
import { CliError, systemCode, systemReason } from "../frame/errors.ts";
import type { Output } from "../print/output.ts";
import { type FoundFile, findFolderFiles, hasYamlName, type LeftOut, statusOf } from "./folder-files.ts";

export { hasYamlName };

/** A YAML file that was read. */
export interface TextFile {
  readonly path: string;
  /** Without symbolic links, for a file of a folder. */
  readonly realPath?: string;
  readonly text: string;
}

/** A person reads no more than this in one message. */
const namedMax = 5;

export function isThere(path: string): boolean {
  return statusOf(path) !== undefined;
}

export function isFolder(path: string): boolean {
  return statusOf(path)?.isDirectory() ?? false;
}

/**
 * Reads one file, or every `*.yaml` and `*.yml` below a folder, in the byte order of the names. In folders, symbolic
 * links are followed only within the folder, and hidden files are left out. What else is left out is named in a hint.
 * With `mustBeComplete`, leaving out what looks like a file of secrets is an error; with `warns`, a warning. All files
 * together may be at most as large as a request.
 * @throws CliError when any of them cannot be read, is too large or is not UTF-8
 */
export function readYamlFiles(path: string, output: Output, options: Completeness = {}): TextFile[] {
  const inFolder = isFolder(path);
  const files = inFolder ? findYamlFiles(path, output, options) : [{ path, realPath: path }];
  // A file that was regular when it was found may be a link by now.
  const flags = inFolder ? constants.O_NOFOLLOW : 0;
  let bytesLeft: number = limits.requestBytes;
  return files.map((file) => {
    const bytes = readRegularFile(file, flags, bytesLeft);
    bytesLeft -= bytes.length;
    return { ...file, text: utf8Text(bytes, file.path) };
  });
}

/** Reads one regular file of any name, at most as large as a request. Throws CliError like `readYamlFiles`. */
export function readTextFile(path: string): string {
  return utf8Text(readRegularFile({ path, realPath: path }, 0, limits.requestBytes), path);
}

/** What becomes of files that are left out although they look like files of secrets. */
export interface Completeness {
  readonly mustBeComplete?: boolean;
  readonly warns?: boolean;
}

function findYamlFiles(
  folder: string,
  output: Output,
  { mustBeComplete = false, warns = false }: Completeness,
): readonly FoundFile[] {
  const { found, leftOut } = findFolderFiles(folder);
  const missed = leftOut.filter(({ looksLikeOurs }) => looksLikeOurs);
  if (mustBeComplete && missed.length > 0) throw incomplete(missed);
  for (const { path, why, isHidden, looksLikeOurs } of leftOut) {
    if (!isHidden) (warns && looksLikeOurs ? output.warning : output.hint)(`left out ${path}: ${why}`);
  }
  return found;
}

function incomplete(missed: readonly LeftOut[]): CliError {
  const named = missed.slice(0, namedMax).map(({ path, why }) => `${path} (${why})`);
  const more = missed.length - named.length;
  const all = more === 0 ? named.join(", ") : `${named.join(", ")} and ${more} more`;
  return new CliError(`--prune would remove the secrets of files that are left out: ${all}`, [
    "nothing was changed; rename these files, or move them out of the folder",
  ]);
}

function readRegularFile({ path, realPath }: FoundFile, flags: number, maxBytes: number): Uint8Array {
  try {
    return readBounded(realPath, { maxBytes, flags });
  } catch (error) {
    if (error instanceof UnreadableFileError && error.kind === "too-large") {
      throw new CliError(`${path} is too large: all files together may have ${limits.requestBytes} bytes`);
    }
    if (error instanceof UnreadableFileError) throw new CliError(`${path} is not a regular file`);
    if (systemCode(error) === "ENOENT") throw new CliError(`there is no file ${path}`);
    throw new CliError(`cannot read ${path}: ${systemReason(error)}`);
  }
}
