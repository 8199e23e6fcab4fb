import { closeSync, lstatSync, mkdirSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readBounded } from "../../files/read-bounded.ts";
import { writePrivateFile } from "../../files/write-whole.ts";
import type { Cli } from "./cli.ts";
import { CliError, systemCode, systemReason } from "./errors.ts";

/** A service that someone logged in to. */
export interface Context {
  /** The only address that the token is sent to. */
  readonly url: string;
  readonly slug: string;
  readonly tenant: string;
  readonly token: string;
  /** When the token ends, in ISO 8601; "" for never. */
  readonly ends: string;
}

export interface Contexts {
  /** The name of the one in use; "" for none. */
  readonly current: string;
  readonly contexts: Readonly<Record<string, Context>>;
}

const none: Contexts = { current: "", contexts: {} };
const fileBytes = 1024 * 1024;
/** A change takes some milliseconds. A lock that is older was left by a process that was killed. */
const staleMs = 10_000;
const lookMs = 25;
const looks = 400;

const homeVariable = process.platform === "win32" ? "LOCALAPPDATA" : "HOME";

/** The folder for what `oo` remembers. Undefined where the environment names no home. */
export function stateFolder({ env }: Pick<Cli, "env">): string | undefined {
  if (process.platform === "win32") return env.LOCALAPPDATA ? join(env.LOCALAPPDATA, "oo") : undefined;
  if (env.XDG_STATE_HOME?.startsWith("/")) return join(env.XDG_STATE_HOME, "oo");
  return env.HOME ? join(env.HOME, ".local", "state", "oo") : undefined;
}

/** Makes the folder, for its owner only. Throws `CliError`. */
export function makeStateFolder(cli: Pick<Cli, "env">): string {
  const folder = stateFolder(cli);
  if (folder === undefined) throw new CliError(`there is no folder to remember it in: ${homeVariable} is not set`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CliError(`cannot make the folder ${folder}: ${systemReason(error)}`);
  }
  return folder;
}

/** Throws `CliError` for a file that others may read, or that is no longer as `oo` writes it. */
export function readContexts(cli: Pick<Cli, "env">): Contexts {
  const folder = stateFolder(cli);
  return folder === undefined ? none : readFrom(fileIn(folder));
}

/**
 * Changes the file, which other processes of `oo` may do at the same time: one after the other. Returns what `change`
 * returned. Throws `CliError`.
 */
export async function changeContexts<T>(
  cli: Pick<Cli, "env">,
  change: (contexts: Contexts) => readonly [Contexts, T],
): Promise<T> {
  const path = fileIn(makeStateFolder(cli));
  const unlock = await lock(`${path}.lock`);
  try {
    const [next, result] = change(readFrom(path));
    writePrivateFile(path, `${JSON.stringify(next, undefined, 2)}\n`, { replace: true });
    return result;
  } finally {
    unlock();
  }
}

function fileIn(folder: string): string {
  return join(folder, "contexts.json");
}

function readFrom(path: string): Contexts {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return none;
  if (!found.isFile()) throw new CliError(`${path} is not a regular file`);
  const isOpen = process.platform !== "win32" && (found.mode & 0o077) !== 0;
  if (isOpen) {
    throw new CliError(`other users of this machine may read ${path}, which holds tokens`, [
      `end the sessions with 'oo logout' on another machine, or as an admin; then: chmod 600 ${path}`,
    ]);
  }
  let content: string;
  try {
    content = readBounded(path, { maxBytes: fileBytes }).toString();
  } catch (error) {
    throw new CliError(`cannot read ${path}: ${systemReason(error)}`);
  }
  const contexts = parse(content);
  if (contexts === undefined) {
    throw new CliError(`${path} is not as oo writes it`, [`remove it and log in again: rm ${path}`]);
  }
  return contexts;
}

/** Its content is never quoted: it has tokens. */
function parse(content: string): Contexts | undefined {
  try {
    const found: unknown = JSON.parse(content);
    return isContexts(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function isContexts(value: unknown): value is Contexts {
  if (typeof value !== "object" || value === null) return false;
  const { current, contexts } = value as Partial<Contexts>;
  if (typeof current !== "string" || typeof contexts !== "object" || contexts === null) return false;
  const fields = ["url", "slug", "tenant", "token", "ends"] as const;
  return Object.values(contexts).every((context: Partial<Context> | null) =>
    fields.every((field) => typeof context?.[field] === "string"),
  );
}

async function lock(path: string): Promise<() => void> {
  for (let look = 0; look < looks; look += 1) {
    try {
      const fd = openSync(path, "wx", 0o600);
      writeSync(fd, `${process.pid}\n`);
      closeSync(fd);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (systemCode(error) !== "EEXIST") {
        throw new CliError(`cannot write to the folder of ${path}: ${systemReason(error)}`);
      }
    }
    removeStale(path);
    await pause(lookMs);
  }
  throw new CliError(`another oo holds ${path}`, [`if none is running: rm ${path}`]);
}

function removeStale(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && Date.now() - found.mtimeMs > staleMs) rmSync(path, { force: true });
}
