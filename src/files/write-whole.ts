import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { link, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "./sync-folder.ts";

const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;

// A file is written under a name that no other process uses, synced, and only then given its own name. A crash leaves
// the old file or the new one, never half of one.

/** The path exists and must not be replaced. `regular` is a file; anything else must not be touched at all. */
export class PathTakenError extends Error {
  readonly found: "regular" | "symbolic-link" | "other";

  constructor(found: PathTakenError["found"]) {
    super("the path exists");
    this.name = "PathTakenError";
    this.found = found;
  }
}

/**
 * Streams a new file that only its owner can read. Throws the file system's error, with the code `EEXIST` if the path
 * exists, including when another process created it in the meantime.
 */
export async function streamNewFile(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const draft = draftOf(path);
  const file = await open(draft, "wx", 0o600);
  try {
    try {
      for await (const bytes of content) await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path);
  } finally {
    // If another process deleted the draft, the error to report is that of the link.
    await rm(draft, { force: true });
  }
  await syncFolder(dirname(path));
}

/**
 * Writes a new file that only its owner can read, and returns true; false if the path exists already, in which case
 * that file stays as it is.
 */
export async function writeNewFile(path: string, text: string): Promise<boolean> {
  const draft = draftOf(path);
  let isNew = true;
  try {
    writeDraft(draft, text, 0o600);
    linkSync(draft, path);
  } catch (error) {
    if (!isExisting(error)) throw error;
    isNew = false;
  } finally {
    rmSync(draft, { force: true });
  }
  await syncFolder(dirname(path));
  return isNew;
}

/**
 * Writes a file that only its owner can read, whatever the umask. Never follows a symbolic link. With `replace` an
 * existing regular file is unlinked, not overwritten: other hard links to it do not change.
 * @throws PathTakenError when the path exists and is not to be replaced, or is not a regular file
 */
export function writePrivateFile(path: string, text: string, { replace }: { readonly replace: boolean }): void {
  let isClaimed = false;
  try {
    // Without `replace`, take the name first: a file that another process creates meanwhile must not be lost.
    if (!(replace && requireRegularFile(path))) {
      closeSync(openSync(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600));
      isClaimed = true;
    }
    putInPlace(path, text, 0o600);
  } catch (error) {
    if (isClaimed) rmSync(path, { force: true });
    if (isExisting(error) && requireRegularFile(path)) throw new PathTakenError("regular");
    throw error;
  }
}

/**
 * Gives an existing file new content. Its mode stays; if the path is a symbolic link, the file that it names is
 * replaced.
 */
export function replaceFile(path: string, text: string): void {
  const target = realpathSync(path);
  putInPlace(target, text, statSync(target).mode & 0o777);
}

function putInPlace(path: string, text: string, mode: number): void {
  const draft = draftOf(path);
  try {
    writeDraft(draft, text, mode);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  trySyncFolder(dirname(path));
}

/** The ending marks what a killed process left behind. */
function draftOf(path: string): string {
  return `${path}.${randomBytes(6).toString("hex")}.partial`;
}

function writeDraft(path: string, text: string, mode: number): void {
  const fd = openSync(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
  try {
    writeFileSync(fd, text);
    fchmodSync(fd, mode);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Some file systems cannot sync a folder, and some folders cannot be read. The file itself is durable already. */
function trySyncFolder(path: string): void {
  try {
    const fd = openSync(path, constants.O_RDONLY);
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {}
}

/** False if there is nothing at the path. Throws `PathTakenError` if there is something other than a regular file. */
function requireRegularFile(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (found.isFile()) return true;
  throw new PathTakenError(found.isSymbolicLink() ? "symbolic-link" : "other");
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}
