import { limits } from "../../limits.ts";
import { createCollector, fieldOf, type Imported, itemsOf, mapOf, readTree, textOf } from "../formats/import-tree.ts";
import type { YamlNode } from "../formats/yaml.ts";
import { CliError } from "../frame/errors.ts";
import type { ReadVault, VaultAddress } from "./vault-client.ts";

export interface WalkOptions {
  /** How many versions before the newest are read of each secret. */
  readonly earlierVersions: number;
  readonly nowMs: () => number;
  /** Called after each answer. */
  onRead?(): void;
}

/** What is in a live server. `earlier` has one part for each round of older versions, the oldest first. */
export interface Walked {
  readonly latest: Imported;
  readonly earlier: readonly Imported[];
}

interface Mount {
  readonly path: readonly string[];
  readonly isVersioned: boolean;
}

/** More is not the secrets of one import. A hostile server could name folders without an end. */
const requestsMax = 10_000;
/** That many answers of a distant server take ten minutes. */
const longestMs = 30 * 60_000;
const depthMax = 32;

/**
 * Reads everything at and below a path of a key/value engine, of version 1 or 2. The names are those from the path on,
 * with the field last.
 * @throws CliError when the server refuses anything, or there is nothing
 */
export async function walkVault(readAnswer: ReadVault, address: VaultAddress, options: WalkOptions): Promise<Walked> {
  const where = (segments: readonly string[]) => `${address.origin}/${segments.join("/")}`;
  const endMs = options.nowMs() + longestMs;
  let requests = 0;
  const read = async (segments: readonly string[], query?: string): Promise<YamlNode | undefined> => {
    requests += 1;
    if (requests > requestsMax)
      throw new CliError(`${address.origin} has more than ${requestsMax} secrets and folders there`);
    if (options.nowMs() > endMs)
      throw new CliError(`${address.origin} took more than ${longestMs / 60_000} minutes: nothing was saved`, [
        "take a part of it: vault://HOST:PORT/MOUNT/PATH",
      ]);
    const { status, text } = await readAnswer(segments, query);
    options.onRead?.();
    // A deleted version is also 404, with a body that says so.
    if (status === 404) return text.includes('"deletion_time"') ? parse(text, address.origin) : undefined;
    if (status !== 200) throw refused(status, where(segments[0] === "sys" ? address.segments : segments));
    return parse(text, address.origin);
  };
  const mount = await findMount(read, address);
  const at = (kind: string, path: readonly string[]) => [...mount.path, ...(mount.isVersioned ? [kind] : []), ...path];
  const collectors = Array.from({ length: options.earlierVersions + 1 }, createCollector);
  const [latest] = collectors;
  if (latest === undefined) throw new RangeError("there is always a newest version");
  let found = 0;

  async function readSecret(path: readonly string[], name: string): Promise<boolean> {
    const newest = await read(at("data", path));
    if (newest === undefined || latest === undefined) return false;
    found += 1;
    const data = pairsOf(newest, mount);
    if (data === undefined) latest.skip(name || "the secret", "has no data: its newest version is deleted");
    else latest.addTree(name, data);
    // What is deleted there must not come back here.
    if (data !== undefined && mount.isVersioned && options.earlierVersions > 0) await readEarlier(path, name, newest);
    return true;
  }

  async function readEarlier(path: readonly string[], name: string, newest: YamlNode): Promise<void> {
    const version = Number(textOf(fieldOf(fieldOf(newest, "data"), "metadata"), "version"));
    for (let back = 1; back <= options.earlierVersions && version - back > 0; back += 1) {
      const older = await read(at("data", path), `?version=${version - back}`);
      const data = older === undefined ? undefined : pairsOf(older, mount);
      if (data !== undefined) collectors[back]?.addTree(name, data);
    }
  }

  async function walk(path: readonly string[], names: readonly string[]): Promise<boolean> {
    if (names.length > depthMax) throw new CliError(`${address.origin} has folders that are nested too deeply`);
    const listed = await read(at("metadata", path), "?list=true");
    if (listed === undefined) return false;
    for (const item of itemsOf(fieldOf(fieldOf(listed, "data"), "keys"))) {
      const entry = item.kind === "text" ? item.text : "";
      const isFolder = entry.endsWith("/");
      const name = isFolder ? entry.slice(0, -1) : entry;
      if (name === "" || name === "." || name === ".." || name.includes("/")) {
        throw new CliError(`${address.origin} lists a name that no secret has`);
      }
      if (isFolder) await walk([...path, name], [...names, name]);
      else await readSecret([...path, name], [...names, name].join("/"));
      if (found > limits.batchItems)
        throw new CliError(`there are more than ${limits.batchItems} secrets at ${where(address.segments)}`);
    }
    return true;
  }

  const start = address.segments.slice(mount.path.length);
  const isSecret = start.length > 0 && (await readSecret(start, ""));
  const isFolder = await walk(start, []);
  if (!isSecret && !isFolder) throw new CliError(`there is nothing at ${where(address.segments)}`);
  const [, ...earlier] = collectors.map((collector) => collector.finish());
  return { latest: latest.finish(), earlier: earlier.reverse().filter(({ values }) => values.length > 0) };
}

/** Which engine a path is in: the server knows, and says so to every token that may use the path. */
async function findMount(
  read: (segments: readonly string[]) => Promise<YamlNode | undefined>,
  { origin, segments }: VaultAddress,
): Promise<Mount> {
  const answer = fieldOf(await read(["sys", "internal", "ui", "mounts", ...segments]), "data");
  const path = (textOf(answer, "path") ?? "").split("/").filter((segment) => segment !== "");
  const isThere = path.length > 0 && path.every((segment, i) => segment === segments[i]);
  const type = textOf(answer, "type");
  if (!isThere) throw new CliError(`there is no engine at ${origin}/${segments.join("/")}`);
  if (type !== "kv" && type !== "generic")
    throw new CliError(`the engine at ${origin}/${path.join("/")} holds no keys and values`);
  return { path, isVersioned: textOf(fieldOf(answer, "options"), "version") === "2" };
}

function pairsOf(answer: YamlNode, { isVersioned }: Mount): YamlNode | undefined {
  const data = fieldOf(answer, "data");
  return mapOf(isVersioned ? fieldOf(data, "data") : data);
}

/** Nothing of what the server wrote is shown: it may hold the token or a value. */
function parse(text: string, origin: string): YamlNode {
  const [document] = readTree(origin, text);
  if (document === undefined) throw new CliError(`${origin} sent an empty answer`);
  return document;
}

function refused(status: number, where: string): CliError {
  if (status === 403) {
    return new CliError(`the token in VAULT_TOKEN may not read ${where}`, [
      "it needs read and list on the path, which must be in an engine",
    ]);
  }
  if (status >= 300 && status < 400) {
    return new CliError(`${where} is at another address now, which does not get the token`, [
      "give the address of the active server",
    ]);
  }
  if (status === 503) return new CliError(`the server of ${where} is sealed or not ready`);
  return new CliError(`the server refused ${where} with status ${status}`);
}
