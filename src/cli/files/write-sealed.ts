import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeNewFile } from "../../files/write-whole.ts";
import { CliError, systemReason } from "../frame/errors.ts";
import { formatSealed, type SealedEntry, sealAll } from "./encrypt-values.ts";
import type { FileBatch } from "./file-batch.ts";
import { hasYamlName } from "./find-files.ts";
import type { Sealer } from "./sealer.ts";

/**
 * Seals the values of a batch and writes them for git: into one YAML file, or into a folder with a file for each
 * namespace. Files that are there are not replaced. Returns the paths.
 * @throws CliError when one of them is there already, before anything is written
 */
export async function writeSealed(sealer: Sealer, { secrets }: FileBatch, target: string): Promise<readonly string[]> {
  const files = new Map<string, SealedEntry[]>();
  const plain = secrets.map(({ key = "", value = "", valueBytes, readers }) => ({
    key,
    value: valueBytes ?? value,
    lists: readers === undefined ? {} : { readers },
  }));
  for (const entry of await sealAll(sealer, plain, "CRC32")) {
    const path = hasYamlName(target) ? target : join(target, fileName(entry.key));
    const others = files.get(path);
    if (others === undefined) files.set(path, [entry]);
    else others.push(entry);
  }
  const taken = [...files.keys()].find((path) => existsSync(path));
  if (taken !== undefined) throw exists(taken);
  try {
    if (!hasYamlName(target)) mkdirSync(target, { recursive: true });
    for (const [path, entries] of files) if (!(await writeNewFile(path, formatSealed(entries)))) throw exists(path);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`cannot write to ${target}: ${systemReason(error)}`);
  }
  return [...files.keys()];
}

/** `prod/web/KEY` is in `prod-web.yaml`. */
function fileName(key: string): string {
  const segments = key.split("/").slice(0, -1);
  return `${segments.length === 0 ? "secrets" : segments.join("-")}.yaml`;
}

function exists(path: string): CliError {
  return new CliError(`${path} exists, and is not replaced: nothing was imported`, [
    "one value of it: oo secret set --file FILE KEY",
  ]);
}
