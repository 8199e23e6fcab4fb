import { execFile } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestContext } from "vitest";
import { repository } from "../docs/markdown.ts";

const run = promisify(execFile);
const cache = join(repository, ".cache/programs");

/** A program of others that works together with the service, and that Debian has a package of. */
export interface DebianProgram {
  readonly name: string;
  readonly packages: readonly string[];
  /** In the file system that the packages are made for. */
  readonly file: string;
}

export const nginx: DebianProgram = {
  name: "nginx",
  packages: ["nginx", "libnginx-mod-stream"],
  file: "usr/sbin/nginx",
};
export const haproxy: DebianProgram = { name: "haproxy", packages: ["haproxy"], file: "usr/sbin/haproxy" };
export const caddy: DebianProgram = { name: "caddy", packages: ["caddy"], file: "usr/bin/caddy" };
export const firefox: DebianProgram = {
  name: "firefox",
  packages: ["firefox-esr"],
  file: "usr/lib/firefox-esr/firefox-esr",
};
export const promtool: DebianProgram = { name: "promtool", packages: ["prometheus"], file: "usr/bin/promtool" };

export interface FoundProgram {
  readonly path: string;
  /** `/`, or the folder that its packages were unpacked into. */
  readonly root: string;
  /** What it needs to find its libraries there. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Finds a program where its package puts it, or downloads and unpacks its packages into `.cache/programs`; else says
 * why not.
 */
export async function findDebianProgram(program: DebianProgram): Promise<FoundProgram | { missing: string }> {
  const { name, file } = program;
  if (existsSync(join("/", file))) return { path: join("/", file), root: "/", env: {} };
  const root = join(cache, `debian-${name}`);
  try {
    if (!existsSync(join(root, file))) await unpack(program, root);
  } catch (error) {
    const why = error instanceof Error && "code" in error && error.code === "ENOENT" ? "is not there" : "failed";
    return { missing: `${name} is not installed, and apt-get, which would download it, ${why}` };
  }
  const libraries = globSync("{usr/,}lib/*-linux-gnu*", { cwd: root }).map((folder) => join(root, folder));
  return { path: join(root, file), root, env: { LD_LIBRARY_PATH: libraries.join(":") } };
}

/** Whole or not at all: a run that is interrupted leaves nothing that looks like a program. */
async function unpack({ packages, file }: DebianProgram, root: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "unpack-"));
  try {
    const plan = await run("apt-get", ["install", "--simulate", "--no-install-recommends", ...packages]);
    const needed = [...plan.stdout.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => name ?? []);
    await run("apt-get", ["download", "--quiet", ...new Set([...packages, ...needed])], { cwd: folder });
    const unpacked = join(folder, "root");
    for (const archive of globSync("*.deb", { cwd: folder })) {
      await run("dpkg-deb", ["--extract", archive, unpacked], { cwd: folder });
    }
    if (!existsSync(join(unpacked, file))) throw new Error(`there is no ${file} in ${packages.join(", ")}`);
    rmSync(root, { recursive: true, force: true });
    renameSync(unpacked, root);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The same for a test. Without the program it is skipped, with the reason, or fails where `--all` was given or `CI` is
 * set.
 */
export async function needDebianProgram(context: TestContext, program: DebianProgram): Promise<FoundProgram> {
  const found = await findDebianProgram(program);
  if (!("missing" in found)) return found;
  if (process.env.PROGRAMS_ALL || process.env.CI) throw new Error(found.missing);
  return context.skip(found.missing);
}
