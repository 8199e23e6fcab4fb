import { PathTakenError, replaceFile, writePrivateFile } from "../../files/write-whole.ts";
import { CliError, systemReason } from "../frame/errors.ts";

/**
 * Writes a file that only its owner can read. `replace` allows it to replace an existing regular file.
 * @throws CliError
 */
export function writePrivate(path: string, text: string, options: { readonly replace: boolean }): void {
  explaining(path, () => writePrivateFile(path, text, options));
}

/**
 * Gives an existing file new content; its mode stays.
 * @throws CliError
 */
export function replace(path: string, text: string): void {
  explaining(path, () => replaceFile(path, text));
}

function explaining(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof PathTakenError)) {
      throw new CliError(`cannot write ${path}: ${systemReason(error)}`);
    }
    if (error.found === "regular") throw new CliError(`${path} exists`, ["--force replaces it"]);
    const kind = error.found === "symbolic-link" ? "a symbolic link" : "not a regular file";
    throw new CliError(`${path} is ${kind}, and is not replaced`);
  }
}
