import { open } from "node:fs/promises";

/** File systems that cannot sync a folder fail with one of these codes. */
const hasNoSync = new Set(["EINVAL", "ENOTSUP"]);

/** Waits until the names of the files in a folder are on the disk. Until then, a crash can lose a new file. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && hasNoSync.has(String(error.code)))) throw error;
  } finally {
    await folder.close();
  }
}
