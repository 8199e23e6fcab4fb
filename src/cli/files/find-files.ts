import { constants, type Dirent, readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { readBounded, UnreadableFileError } from "../../files/read-bounded.ts";
import { limits } from "../../limits.ts";
import { compareBytes } from "../../text/byte-order.ts";
import { CliError, systemCode } from "../frame/errors.ts";
import type { Output } from "../frame/output.ts";

const yamlName = /\.ya?ml$/;

/** A YAML file that was read. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

export function hasYamlName(path: string): boolean {
  return yamlName.test(path);
}

export function isThere(path: string): boolean {
  return statusOf(path) !== undefined;
}

export function isFolder(path: string): boolean {
  return statusOf(path)?.isDirectory() ?? false;
}

/**
 * Reads one file, or every `*.yaml` and `*.yml` below a folder, in the byte order of the names. In folders, only
 * regular files are read. Symbolic links are left out with a hint, and hidden files and folders silently. All files
 * together may be at most as large as a request.
 * @throws CliError when any of them cannot be read, is too large or is not UTF-8
 */
export function readYamlFiles(path: string, output: Output): TextFile[] {
  const inFolder = isFolder(path);
  const paths = inFolder ? findYamlFiles(path, output) : [path];
  // A file that was regular when it was found may be a link by now.
  const flags = inFolder ? constants.O_NOFOLLOW : 0;
  let bytesLeft: number = limits.requestBytes;
  return paths.map((file) => {
    const bytes = readRegularFile(file, flags, bytesLeft);
    bytesLeft -= bytes.length;
    return { path: file, text: decode(file, bytes) };
  });
}

/** Reads one regular file of any name, at most as large as a request. Throws CliError like `readYamlFiles`. */
export function readTextFile(path: string): string {
  return decode(path, readRegularFile(path, 0, limits.requestBytes));
}

function findYamlFiles(folder: string, output: Output): string[] {
  const found: string[] = [];
  for (const entry of readFolder(folder)) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...findYamlFiles(path, output));
    else if (entry.isSymbolicLink()) output.hint(`left out ${path}: it is a symbolic link`);
    else if (!hasYamlName(entry.name)) continue;
    else if (entry.isFile()) found.push(path);
    else output.hint(`left out ${path}: it is not a regular file`);
  }
  return found;
}

function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => compareBytes(a.name, b.name));
  } catch (error) {
    throw new CliError(`cannot read the folder ${folder}: ${systemCode(error) ?? "unknown error"}`);
  }
}

function readRegularFile(path: string, flags: number, maxBytes: number): Uint8Array {
  try {
    return readBounded(path, { maxBytes, flags });
  } catch (error) {
    if (error instanceof UnreadableFileError && error.kind === "too-large") {
      throw new CliError(`${path} is too large: all files together may have ${limits.requestBytes} bytes`);
    }
    if (error instanceof UnreadableFileError) throw new CliError(`${path} is not a regular file`);
    const code = systemCode(error);
    if (code === "ENOENT") throw new CliError(`there is no file ${path}`);
    throw new CliError(`cannot read ${path}: ${code ?? "unknown error"}`);
  }
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CliError(`${path} is not valid UTF-8`);
  }
}

function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
