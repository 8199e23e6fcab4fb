import { chmodSync, closeSync, constants, fdatasyncSync, fsyncSync, lstatSync, mkdirSync, openSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { JournalError } from "./journal-error.ts";

/** Makes the folder of the journals, or closes it to everyone but its owner. Throws `JournalError`. */
export function prepareFolder(folder: string, isDurable: boolean): void {
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (made !== undefined && isDurable) {
    // A crash of the machine must not lose a folder that was made, with what is in it.
    for (let at = folder; ; at = dirname(at)) {
      syncNames(dirname(at));
      if (at === made || at === dirname(at)) break;
    }
  }
  if (!isOwnFolder(folder)) throw new JournalError(`the folder ${folder} of the access journal was deleted`);
}

/**
 * False when there is none. One of another user may be changed at any time, and a link may lead anywhere: throws
 * `JournalError`. One that others may use is closed to them.
 */
export function isOwnFolder(folder: string, owner = process.geteuid?.()): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (!found.isDirectory()) throw new JournalError(`${folder} is for the access journal, and is not a folder`);
  if (owner !== undefined && found.uid !== owner)
    throw new JournalError(`the folder ${folder} of the access journal belongs to another user`);
  if ((found.mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
  return true;
}

/** Waits until a new file and its name are on the disk. */
export function syncNow(fd: number, folder: string): void {
  fdatasyncSync(fd);
  syncNames(folder);
}

/** Gives a file another name in its folder, which is on the disk when this resolves. */
export async function nameFile(from: string, to: string): Promise<void> {
  await rename(from, to);
  const directory = await open(dirname(to), constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Waits until the names of the files in a folder are on the disk. */
export function syncNames(folder: string): void {
  const directory = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
