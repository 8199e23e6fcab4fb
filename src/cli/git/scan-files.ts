import { closeSync, constants, type Dirent, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { compareBytes } from "../../text/byte-order.ts";
import { CliError, systemCode, systemReason } from "../frame/errors.ts";
import type { Scanner } from "./find-values.ts";
import { createLineCounter, type Finding, toFindings } from "./findings.ts";

export interface Scanned {
  readonly bytes: number;
  readonly files: number;
  /** Files and folders that could not be read. */
  readonly unreadable: readonly string[];
}

/** Its objects are read through git, which knows in which commits they are. */
const gitFolder = ".git";

/**
 * Looks through a file, or all files below a folder, hidden ones as well. Symbolic links are not followed: what they
 * lead to is not a part of the folder.
 * @throws CliError when there is no such path
 */
export function scanFiles(
  path: string,
  scanner: Scanner,
  report: (findings: readonly Finding[]) => void,
  progress: (bytes: number) => void,
): Scanned {
  let bytes = 0;
  let files = 0;
  const unreadable: string[] = [];

  function visit(folder: string): void {
    for (const entry of entriesOf(folder, unreadable)) {
      const inside = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== gitFolder) visit(inside);
      } else if (entry.isFile()) look(inside, constants.O_NOFOLLOW);
    }
  }

  function look(file: string, flags: number): void {
    try {
      const [count, findings] = scanFile(file, flags, scanner);
      bytes += count;
      files += 1;
      report(findings);
      progress(bytes);
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      unreadable.push(file);
    }
  }

  const status = statusOf(path);
  if (status.isDirectory()) visit(path);
  else look(path, 0);
  return { bytes, files, unreadable };
}

function statusOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    throw new CliError(`cannot read ${path}: ${systemReason(error)}`);
  }
}

function entriesOf(folder: string, unreadable: string[]): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => compareBytes(a.name, b.name));
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    unreadable.push(folder);
    return [];
  }
}

function scanFile(file: string, flags: number, scanner: Scanner): readonly [number, readonly Finding[]] {
  // A pipe that has taken the place of the file must not hold this process.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  try {
    if (!fstatSync(descriptor).isFile()) return [0, []];
    let bytes = 0;
    for (;;) {
      const count = readSync(descriptor, scanner.room());
      if (count === 0) break;
      scanner.took(count);
      bytes += count;
    }
    const matches = scanner.finish();
    if (matches.length === 0) return [bytes, []];
    return [
      bytes,
      toFindings(
        { file },
        matches,
        linesOf(
          descriptor,
          matches.map(({ at }) => at),
        ),
      ),
    ];
  } finally {
    scanner.finish();
    closeSync(descriptor);
  }
}

/** Lines are counted only where something was found. */
function linesOf(descriptor: number, offsets: readonly number[]): readonly number[] {
  const counter = createLineCounter(offsets);
  const buffer = Buffer.allocUnsafe(64 * 1024);
  for (let at = 0; ; ) {
    const count = readSync(descriptor, buffer, 0, buffer.length, at);
    if (count === 0) return counter.lines();
    counter.part(buffer.subarray(0, count));
    at += count;
  }
}
