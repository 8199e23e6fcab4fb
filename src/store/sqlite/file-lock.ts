import { chmodSync, closeSync, constants, lstatSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../store-error.ts";
import { toStoreError } from "./failure.ts";

/** Another start may replace the file each time, but not for ever. */
const attempts = 10;

/**
 * Locks a file, which may be new, until the lock is released or the process ends, however it ends. Undefined while
 * another process has it. Throws `StoreError`.
 */
export function lockFile(path: string): { release(): void } | undefined {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const before = prepared(path);
    // Node cannot lock a file, but SQLite does: the operating system drops its locks with the process, also after
    // SIGKILL.
    const held = new DatabaseSync(path, { timeout: 0 });
    const failure = failureOf(() => held.exec("BEGIN EXCLUSIVE"));
    // Its last owner may have deleted the file meanwhile: then the next process would lock another one.
    const isReplaced = before === undefined || identityOf(path) !== before;
    if (failure === undefined && !isReplaced) return { release: () => held.close() };
    held.close();
    if (isReplaced) continue;
    if (isBusy(failure)) return undefined;
    throw toStoreError(`${path} cannot be locked`, failure);
  }
  throw new StoreError("unavailable", `${path} cannot be locked: it is replaced again and again`);
}

function failureOf(work: () => void): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * Makes the file unless it is there, and answers which one it is. One that is there is not opened: closing it would
 * drop a lock that this process has on it.
 */
function prepared(path: string): string | undefined {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  try {
    closeSync(openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isFile()) throw new StoreError("unavailable", `${path} is not a regular file`);
  if ((found.mode & 0o777) !== 0o600) chmodSync(path, 0o600);
  return identityOf(path);
}

/** A number alone is used again for the next file. */
function identityOf(path: string): string | undefined {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino} ${found.birthtimeNs}`;
}

function isBusy(error: unknown): boolean {
  const sqliteBusy = 5;
  return error instanceof Error && "errcode" in error && error.errcode === sqliteBusy;
}
