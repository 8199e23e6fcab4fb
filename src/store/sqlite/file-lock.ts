import { DatabaseSync } from "node:sqlite";
import { prepareFile } from "./database.ts";
import { toStoreError } from "./failure.ts";

/**
 * Locks a file, which may be new, until the lock is released or the process ends, however it ends. Undefined while
 * another process has it. Throws `StoreError`.
 */
export function lockFile(path: string): { release(): void } | undefined {
  prepareFile(path);
  // Node cannot lock a file, but SQLite does: the operating system drops its locks with the process, also after
  // SIGKILL.
  const held = new DatabaseSync(path, { timeout: 0 });
  try {
    held.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    held.close();
    if (isBusy(error)) return undefined;
    throw toStoreError(`${path} cannot be locked`, error);
  }
  return { release: () => held.close() };
}

function isBusy(error: unknown): boolean {
  const sqliteBusy = 5;
  return error instanceof Error && "errcode" in error && error.errcode === sqliteBusy;
}
