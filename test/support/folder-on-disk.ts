import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFolderInMemory } from "../../src/files/in-memory.ts";

/**
 * A new folder that is not in memory, as those of the tests usually are: a journal that has to last is refused there.
 */
export function makeFolderOnDisk(prefix: string): string {
  const places = [tmpdir(), "/var/tmp", "/tmp"];
  const place = places.find((each) => isFolderInMemory(each) === false);
  if (place === undefined) throw new Error(`none of ${places.join(", ")} is on a disk: set TMPDIR to a folder that is`);
  return mkdtempSync(join(place, prefix));
}
