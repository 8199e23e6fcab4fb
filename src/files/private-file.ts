import { closeSync, constants, lstatSync, openSync, rmSync } from "node:fs";
import { CliError, systemCode } from "../cli/frame/errors.ts";
import { putInPlace } from "./put-in-place.ts";

const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;

interface FileOptions {
  /** Take the place of an existing regular file. */
  readonly replace: boolean;
}

/**
 * Writes a file that only its owner may read, whatever the umask. It is there as a whole or not at all: a link of that
 * name is never followed, and an existing file's mode and other names get nothing.
 * @throws CliError when there is such a file and `replace` is not set, when it is no regular file, or on failure
 */
export function writePrivateFile(path: string, text: string, { replace }: FileOptions): void {
  let claimed = false;
  try {
    // Without `replace` the name is taken first: what somebody else creates meanwhile must not be lost.
    if (!(replace && isRegularFile(path))) {
      closeSync(openSync(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600));
      claimed = true;
    }
    putInPlace(path, text, 0o600);
  } catch (error) {
    if (claimed) rmSync(path, { force: true });
    throw error instanceof CliError ? error : failure(path, error);
  }
}

function isRegularFile(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (found.isFile()) return true;
  throw new CliError(`${path} is ${found.isSymbolicLink() ? "a symbolic link" : "no regular file"}, and is left alone`);
}

function failure(path: string, error: unknown): CliError {
  const code = systemCode(error);
  if (code !== "EEXIST") return new CliError(`cannot write ${path}: ${code ?? "unknown error"}`);
  // Tells a link from a file, which --force may replace.
  return isRegularFile(path)
    ? new CliError(`${path} exists`, ["--force replaces it"])
    : new CliError(`cannot write ${path}: ${code}`);
}
