import { type Stats, statfsSync, statSync } from "node:fs";
import { isMemoryFileSystem } from "./in-memory.ts";

/** A group may read, because containers and systemd hand out files that way. */
const othersMay = 0o027;
const everyoneMay = 0o006;

/** Whether other users of the machine may read or write a file or a folder, or its group may write it. */
export function isOpenToOthers(path: string): boolean {
  try {
    return (statSync(path).mode & othersMay) !== 0;
  } catch {
    return false;
  }
}

/**
 * Whether every user of the machine may read or write a file. False for files that an orchestrator mounts into a
 * container, see `isHandedOut`. Throws the file system's error when there is no such file.
 */
export function isOpenToEveryone(path: string): boolean {
  const found = statSync(path);
  const isClosed = !found.isFile() || (found.mode & everyoneMay) === 0;
  return !isClosed && !isHandedOut(found, statfsSync(path).type);
}

/**
 * Kubernetes and Docker Swarm mount secrets into containers as files in memory, which root owns and every user may
 * read. The container has no other users.
 */
export function isHandedOut({ mode, uid }: Pick<Stats, "mode" | "uid">, fileSystem: number): boolean {
  return uid === 0 && (mode & 0o022) === 0 && isMemoryFileSystem(fileSystem);
}
