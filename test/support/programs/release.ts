import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../docs/markdown.ts";

const run = promisify(execFile);

/** What `npm run release` has made of the last commit. */
export interface Release {
  readonly folder: string;
  readonly version: string;
  /** The public part of the key that it was signed with, in a file. */
  readonly publicKey: string;
  /** The path of a file of it. */
  file(name: string): string;
  [Symbol.dispose](): void;
}

/** The last commit. Another one may follow while a release is made. */
export async function lastCommit(): Promise<string> {
  return (await run("git", ["rev-parse", "HEAD"], { cwd: repository })).stdout.trim();
}

/** Makes a release as docs/releasing.md says: in a clean clone, with what `npm ci` installs there, and a new key. */
export async function makeRelease(commit: string): Promise<Release> {
  const work = mkdtempSync(join(tmpdir(), "made-release-"));
  const clone = join(work, "clone");
  const key = join(work, "release.pem");
  const publicKey = join(work, "release.pub");
  const inClone = async (program: string, ...args: string[]) => {
    // Of the Node that runs the tests nothing is on the path: what `npm ci` installs there is.
    const PATH = `${join(clone, "node_modules/.bin")}:${process.env.PATH}`;
    await run(program, args, { cwd: clone, env: { ...process.env, PATH }, maxBuffer: 1024 ** 3 });
  };
  try {
    await run("git", ["clone", "--quiet", repository, clone]);
    await inClone("git", "checkout", "--quiet", commit);
    await run("openssl", ["genpkey", "-algorithm", "ed25519", "-out", key]);
    await run("openssl", ["pkey", "-in", key, "-pubout", "-out", publicKey]);
    await inClone("npm", "ci", "--silent");
    await inClone("npm", "run", "release", "--", "--key", key);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    throw error;
  }
  const folder = join(clone, "dist/release");
  const { version } = JSON.parse(readFileSync(join(clone, "package.json"), "utf8"));
  return {
    folder,
    version,
    publicKey,
    file: (name) => join(folder, name),
    [Symbol.dispose]: () => rmSync(work, { recursive: true, force: true }),
  };
}

/** The start of a container, from the configuration of an image. */
export interface Start {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
}

interface Descriptor {
  readonly digest: string;
  readonly platform?: { readonly architecture: string };
}

/** Unpacks an image of an archive of the OCI image layout into a folder, as a container would see it. */
export async function unpackImage(archive: string, architecture: string, to: string): Promise<Start> {
  const layout = mkdtempSync(join(tmpdir(), "oci-layout-"));
  const read = (path: string) => JSON.parse(readFileSync(join(layout, path), "utf8"));
  const blob = ({ digest }: Descriptor) => `blobs/${digest.replace(":", "/")}`;
  try {
    await run("tar", ["-xf", archive, "-C", layout]);
    const [top]: Descriptor[] = read("index.json").manifests;
    if (top === undefined) throw new Error("index.json is empty");
    const { manifests }: { manifests: Descriptor[] } = read(blob(top));
    const found = manifests.find(({ platform }) => platform?.architecture === architecture);
    if (found === undefined) throw new Error(`there is no image for ${architecture}`);
    const manifest: { config: Descriptor; layers: Descriptor[] } = read(blob(found));
    mkdirSync(to);
    for (const layer of manifest.layers) await run("tar", ["-xzpf", join(layout, blob(layer)), "-C", to]);
    const { config }: { config: { Entrypoint: string[]; Cmd: string[]; Env: string[]; User: string } } = read(
      blob(manifest.config),
    );
    const env = config.Env.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]);
    return { command: [...config.Entrypoint, ...config.Cmd], env: Object.fromEntries(env), user: config.User };
  } finally {
    rmSync(layout, { recursive: true });
  }
}
