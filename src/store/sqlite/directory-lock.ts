import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readBounded } from "../../files/read-bounded.ts";
import { StoreError } from "../store-error.ts";
import { prepareDirectory } from "./database.ts";
import { lockFile } from "./file-lock.ts";

/** Keeps a second service out of a data directory until the lock is released or the process ends, however it ends. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Takes the data directory for this process. Throws `StoreError`, which names the directory and the process that uses
 * it. Commands that only write a row, such as `secret-svc admin-token`, need no lock: the service's transactions allow
 * for them.
 */
export function lockDirectory(directory: string): DirectoryLock {
  prepareDirectory(directory);
  const lockPath = join(directory, "server.lock");
  const pidPath = join(directory, "server.pid");
  const lock = lockFile(lockPath);
  if (lock === undefined) throw inUse(directory, pidPath);
  writeFileSync(pidPath, `${process.pid}\n`, { mode: 0o600 });
  return {
    release() {
      // Before the lock is released: afterwards the file may be that of the next service.
      rmSync(pidPath, { force: true });
      lock.release();
    },
  };
}

function inUse(directory: string, pidPath: string): StoreError {
  const pid = readPid(pidPath);
  const holder = pid === undefined ? "another process" : `process ${pid} (${pidPath})`;
  return new StoreError(
    "unavailable",
    `the data directory ${directory} is in use by ${holder}; stop that service first, or give this one a directory of its ` +
      "own with --data-dir; only MongoDB can be shared",
  );
}

/** Undefined until the other process has written it. */
function readPid(path: string): number | undefined {
  try {
    const pid = Number.parseInt(readBounded(path, { maxBytes: 64 }).toString(), 10);
    return Number.isSafeInteger(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}
