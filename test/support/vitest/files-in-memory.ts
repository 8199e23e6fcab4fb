import { accessSync, constants, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const memory = "/dev/shm";
/** Of what `statfs` says of a file system in memory. */
const tmpfsType = 0x01021994;
/** Several times of what the tests hold at once. */
const neededBytes = 2 * 1024 ** 3;

/**
 * Puts the temporary folders of the tests in memory, for this process and all that it starts. A commit waits for the
 * disk, and thousands of them are most of the time of a run; a killed process leaves the same files either way. Changes
 * nothing where TMPDIR is set, or memory has no room or cannot hold programs. Answers what removes the folder.
 */
export function keepFilesInMemory(): () => void {
  const folder = process.env.TMPDIR === undefined ? makeFolder() : undefined;
  if (folder === undefined) return () => undefined;
  process.env.TMPDIR = folder;
  return () => {
    delete process.env.TMPDIR;
    rmSync(folder, { recursive: true, force: true });
  };
}

function makeFolder(): string | undefined {
  try {
    const { type, bavail, bsize } = statfsSync(memory);
    if (type !== tmpfsType || bavail * bsize < neededBytes) return undefined;
    const folder = mkdtempSync(join(memory, "secret-svc-tests-"));
    if (holdsPrograms(folder)) return folder;
    rmSync(folder, { recursive: true });
    return undefined;
  } catch {
    return undefined;
  }
}

/** Many containers mount memory so that nothing in it can be run. */
function holdsPrograms(folder: string): boolean {
  const program = join(folder, "program");
  writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(program);
  }
}
