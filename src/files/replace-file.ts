import { realpathSync, statSync } from "node:fs";
import { CliError, systemCode } from "../cli/frame/errors.ts";
import { putInPlace } from "./put-in-place.ts";

/**
 * Gives an existing file a new content, all of it or, if anything fails, none. The mode stays; through a symbolic link
 * the file that it names is replaced.
 * @throws CliError when it cannot be written
 */
export function replaceFile(path: string, text: string): void {
  try {
    const target = realpathSync(path);
    putInPlace(target, text, statSync(target).mode & 0o777);
  } catch (error) {
    throw new CliError(`cannot write ${path}: ${systemCode(error) ?? "unknown error"}`);
  }
}
