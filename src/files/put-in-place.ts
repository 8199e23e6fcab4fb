import { randomBytes } from "node:crypto";
import { closeSync, constants, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;

/**
 * Gives a name to a file with this text and mode, whatever the umask: all of it, on the disk, or, if anything fails,
 * nothing. What had the name before loses it; a link of that name is not followed. Throws the error of the file system.
 */
export function putInPlace(path: string, text: string, mode: number): void {
  const draft = join(dirname(path), `.oo-${randomBytes(8).toString("hex")}`);
  try {
    writeToDisk(draft, text, mode);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

function writeToDisk(path: string, text: string, mode: number): void {
  const fd = openSync(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
  try {
    writeFileSync(fd, text);
    fchmodSync(fd, mode);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Some file systems cannot, and the file itself is safe already. */
function syncFolder(path: string): void {
  try {
    const fd = openSync(path, constants.O_RDONLY);
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {}
}
