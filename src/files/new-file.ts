import { randomBytes } from "node:crypto";
import { link, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "./sync-folder.ts";

/**
 * Writes a new file that only its owner can read: whole and on the disk, or not at all. Throws the error of the file system
 * with the code `EEXIST` when there is one already, at the end, too, if it came meanwhile.
 */
export async function writeNewFile(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.partial`;
  const file = await open(temporary, "wx", 0o600);
  try {
    try {
      for await (const bytes of content) await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temporary, path);
  } finally {
    // Somebody may have deleted it: what is to be told then is why it could not be linked.
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
}
