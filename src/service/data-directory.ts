import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { syncFolder } from "../files/sync-folder.ts";

/** Makes the directory for everything that the service keeps, for its own user only. */
export function makeDataDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}

export function encryptionKeyFile(directory: string): string {
  return join(directory, "encryption.key");
}

export function adminTokenFile(directory: string): string {
  return join(directory, "admin.token");
}

/** Reads a one-line file of the data directory; undefined when it is not there. */
export function readLineFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Writes a one-line file with mode 0600, whole and on the disk or not at all, and gives back what is there afterwards: a file
 * that was there already is kept.
 */
export async function keepLineFile(path: string, line: string): Promise<string> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  const file = openSync(temporary, "wx", 0o600);
  try {
    writeSync(file, `${line}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    unlinkSync(temporary);
  }
  // Nothing may be encrypted by a key whose file can be gone after a crash.
  await syncFolder(dirname(path));
  return readLineFile(path) ?? line;
}
