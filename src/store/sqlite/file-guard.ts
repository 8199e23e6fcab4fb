import { statSync } from "node:fs";

/**
 * Notices that the files of an open database were deleted or replaced: SQLite goes on writing to what has no name any more,
 * and all of it is gone with the process. The answer throws then.
 */
export function createFileGuard(path: string): () => void {
  const known = new Map<string, number>();
  return () => {
    for (const file of [path, `${path}-wal`]) {
      const inode = statSync(file, { throwIfNoEntry: false })?.ino;
      const expected = known.get(file);
      if (inode === undefined || (expected !== undefined && inode !== expected)) {
        throw new Error("a file of the database was deleted or replaced");
      }
      known.set(file, inode);
    }
  };
}
