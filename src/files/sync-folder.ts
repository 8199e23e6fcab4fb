import { open } from "node:fs/promises";

/** File systems that have nothing to wait for say so with one of these. */
const hasNoSync = new Set(["EINVAL", "ENOTSUP"]);

/** Waits until the names of the files in a folder are on the disk: until then a new file can be gone after a crash. */
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
