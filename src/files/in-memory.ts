import { statfsSync } from "node:fs";

/** tmpfs and ramfs, as Linux numbers them. */
const memoryFileSystems = new Set([0x01021994, 0x858458f6]);

/** Whether files of a file system of this type are in memory, and gone when the machine restarts. */
export function isMemoryFileSystem(type: number): boolean {
  return memoryFileSystems.has(type);
}

/** Whether the files of a folder are in memory. Undefined: there is no such folder. */
export function isFolderInMemory(path: string): boolean | undefined {
  try {
    return isMemoryFileSystem(statfsSync(path).type);
  } catch {
    return undefined;
  }
}
