import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that only this user can open, for as long as this process lives. */
export interface PrivateFolder {
  readonly path: string;
  remove(): void;
}

/** Linux: a file system in memory that everyone may use, and the number that marks one. */
const sharedMemory = "/dev/shm";
const memoryKind = 0x0102_1994;

/**
 * Makes a folder for plaintext, in memory where the system has a file system there. It is removed when this process
 * ends, even if it is killed: another process waits for that. Windows has no such shell, and a killed process leaves
 * the folder there.
 */
export function makePrivateFolder(): PrivateFolder {
  const path = mkdtempSync(join(isInMemory(sharedMemory) ? sharedMemory : tmpdir(), "oo-"));
  const remove = () => rmSync(path, { recursive: true, force: true });
  if (process.platform === "win32") return { path, remove };
  // The shell waits until its input closes, which the system does when this process ends in any way.
  const guard = spawn("sh", ["-c", 'cat >/dev/null; rm -rf -- "$1"', "sh", path], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    env: { PATH: process.env.PATH },
  });
  guard.on("error", () => undefined);
  guard.stdin.on("error", () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref?(): void }).unref?.();
  return {
    path,
    remove() {
      remove();
      guard.stdin.destroy();
    },
  };
}

function isInMemory(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return statfsSync(path).type === memoryKind;
  } catch {
    return false;
  }
}
