import { type ReadOptions, readBounded, UnreadableFileError, whyUnreadable } from "../files/read-bounded.ts";
import { ConfigError } from "./config-error.ts";
import { requireClosed } from "./require-closed.ts";
import { isPassing, TemporaryError } from "./temporary-error.ts";

/** A keyring of a thousand keys, one per line, has 45,000 bytes. */
const secretBytes = 64 * 1024;

/**
 * The one text in a file with a key, a token or a password, without the line break at its end. The file may be a pipe,
 * because it is read only once. `isClosed`: it must not be open to every user of the machine. Throws `ConfigError`.
 */
export function readSecretFile(name: string, path: string, isClosed: boolean): string {
  const content = readSettingFile(name, path, { maxBytes: secretBytes, pipe: "wait" });
  if (isClosed) requireClosed(name, path);
  return content.toString().replace(/\r?\n$/, "");
}

/** The file that the setting `name` names. Throws `ConfigError`. */
export function readSettingFile(name: string, path: string, options: ReadOptions): Buffer {
  try {
    return readBounded(path, options);
  } catch (error) {
    throw cannotRead(name, path, error);
  }
}

export function cannotRead(name: string, path: string, error: unknown): ConfigError | TemporaryError {
  const message = `${name}: cannot read ${path} (${whyUnreadable(error)})`;
  const isSilent = error instanceof UnreadableFileError && error.kind === "silent";
  return isSilent || isPassing(error) ? new TemporaryError(message) : new ConfigError(message);
}
