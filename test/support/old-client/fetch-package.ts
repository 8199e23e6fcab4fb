import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const cache = fileURLToPath(new URL("../../../.cache/", import.meta.url));

/**
 * The folder of a published npm package without dependencies, fetched once into `.cache/`. Nothing of it is run by
 * fetching it.
 */
export async function fetchPackage(name: string, version: string): Promise<string> {
  const folder = join(cache, `${name.replace(/^@/, "").replace("/", "-")}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "package-"));
  try {
    const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", work, `${name}@${version}`]);
    await run("tar", ["-xzf", join(work, stdout.trim()), "-C", work]);
    if (!existsSync(folder)) renameSync(join(work, "package"), folder);
    return folder;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
