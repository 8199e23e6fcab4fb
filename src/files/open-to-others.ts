import { type Stats, statfsSync, statSync } from "node:fs";
import { ConfigError } from "../config/config-error.ts";

/** A group may read: that is how containers and systemd hand out files. */
const othersMay = 0o027;
const everybodyMay = 0o006;

/** tmpfs and ramfs, as Linux numbers them. */
const memoryFileSystems = new Set([0x01021994, 0x858458f6]);

/** Whether other users of the machine may read or write a file or a folder, or a group write it. */
export function isOpenToOthers(path: string): boolean {
  try {
    return (statSync(path).mode & othersMay) !== 0;
  } catch {
    return false;
  }
}

/**
 * Throws `ConfigError` when every user of the machine may read or write a file that holds a key, a token or a password. `name`
 * is the setting that names the file.
 */
export function requireClosed(name: string, path: string): void {
  const found = statSync(path);
  const isClosed = !found.isFile() || (found.mode & everybodyMay) === 0;
  if (isClosed || isHandedOut(found, statfsSync(path).type)) return;
  const mode = (found.mode & 0o777).toString(8).padStart(4, "0");
  throw new ConfigError(
    `${name}: every user of the machine may read or write ${path} (mode ${mode}); 'chmod go-rwx ${path}', or set ` +
      "SECRET_SVC_OPEN_KEY_FILES=allow where its mode cannot be changed",
  );
}

/**
 * Kubernetes and Docker Swarm put secrets into containers as files of root that everybody in there may read, in memory: there
 * is nobody else in there.
 */
export function isHandedOut({ mode, uid }: Pick<Stats, "mode" | "uid">, fileSystem: number): boolean {
  return uid === 0 && (mode & 0o022) === 0 && memoryFileSystems.has(fileSystem);
}
