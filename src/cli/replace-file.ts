import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { CliError, systemCode } from "./errors.ts";

/**
 * Gives an existing file a new content, all of it or, if anything fails, none. The mode stays; through a symbolic link
 * the file that it names is replaced.
 * @throws CliError when it cannot be written
 */
export function replaceFile(path: string, text: string): void {
  let temporary: string | undefined;
  try {
    const target = realpathSync(path);
    const { mode } = statSync(target);
    temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
    const fd = openSync(temporary, "wx", 0o600);
    try {
      writeFileSync(fd, text);
      fchmodSync(fd, mode & 0o777);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, target);
  } catch (error) {
    if (temporary !== undefined) rmSync(temporary, { force: true });
    throw new CliError(`cannot write ${path}: ${systemCode(error) ?? "unknown error"}`);
  }
}
