import { statSync } from "node:fs";
import { StoreError } from "../store-error.ts";

/**
 * Returns a check that throws `StoreError` when the files of an open database were deleted or replaced. SQLite would go
 * on writing to the file that no longer has a name, and everything in it would be lost when the process ends.
 */
export function createFileGuard(path: string): () => void {
  const known = new Map<string, number>();
  return () => {
    for (const file of [path, `${path}-wal`]) {
      const inode = statSync(file, { throwIfNoEntry: false })?.ino;
      const expected = known.get(file);
      if (inode === undefined || (expected !== undefined && inode !== expected)) {
        throw new StoreError("unavailable", "the store could not write", { fault: "replaced" });
      }
      known.set(file, inode);
    }
  };
}
