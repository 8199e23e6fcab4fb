import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../config/config-error.ts";
import { isPassing, TemporaryError } from "../config/temporary-error.ts";
import { readBounded, whyUnreadable } from "../files/read-bounded.ts";
import { writeNewFile } from "../files/write-whole.ts";

/** Makes the directory for all data of the service. Only the user of the service has access. */
export function makeDataDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}

const encryptionKeyName = "encryption.key";
const adminTokenName = "admin.token";

/** The files that the service writes next to an embedded store, once it has made it. */
export const tracesOfStore: readonly string[] = [encryptionKeyName, adminTokenName];

export function encryptionKeyFile(directory: string): string {
  return join(directory, encryptionKeyName);
}

export function adminTokenFile(directory: string): string {
  return join(directory, adminTokenName);
}

/** Larger than any line that the service writes. */
const lineBytes = 4096;

/**
 * Reads a one-line file of the data directory. Undefined if it does not exist. Throws `ConfigError` or
 * `TemporaryError`.
 */
export function readLineFile(path: string): string | undefined {
  try {
    return readBounded(path, { maxBytes: lineBytes })
      .toString()
      .replace(/\r?\n$/, "");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw cannotRead(path, error);
  }
}

/** Whether something is at this path. Throws `ConfigError` or `TemporaryError` when the service cannot know it. */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw cannotRead(path, error);
  }
}

function cannotRead(path: string, error: unknown): ConfigError | TemporaryError {
  const message = `cannot read ${path} (${whyUnreadable(error)})`;
  return isPassing(error) ? new TemporaryError(message) : new ConfigError(message);
}

/**
 * Writes a one-line file unless it exists, and returns the line that is in the file then. The line is durable before
 * this resolves: no data may be encrypted with a key whose file a crash can lose.
 */
export async function ensureLineFile(path: string, line: string): Promise<string> {
  await writeNewFile(path, `${line}\n`);
  return readLineFile(path) ?? line;
}
