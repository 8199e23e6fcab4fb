import { accessSync, constants, existsSync, lstatSync, readlinkSync, type Stats } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { whyUnreadable } from "../files/read-bounded.ts";
import { ConfigError } from "./config-error.ts";
import { isPassing, TemporaryError } from "./temporary-error.ts";

const othersMayWrite = 0o022;
/** In a folder with this bit, such as /tmp, only its owner may replace a file. */
const sticky = 0o1000;
const linksMax = 40;

/**
 * Throws `ConfigError` unless only root and the user of the service can change what runs under this path: the program,
 * every folder above it, and every link on the way belong to them, and no one else may write there. The program must
 * have an absolute path; `searchPath` only serves to say which one.
 */
export function requireSafeProgram(
  setting: string,
  program: string,
  searchPath: string,
  user: number | undefined = process.getuid?.(),
): void {
  if (!isAbsolute(program)) throw new ConfigError(`${setting} ${absolutePathNeeded(program, searchPath)}`);
  try {
    requireSafeWay({ setting, user }, program);
    accessSync(program, constants.X_OK);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw cannotUse(setting, program, error);
  }
}

/** What to say when the system does not let the service look at a program. */
export function cannotUse(setting: string, program: string, error: unknown): ConfigError | TemporaryError {
  const code = whyUnreadable(error);
  const shown = isSurelyPath(program) ? program : "at the path that it begins with";
  if (isPassing(error)) {
    return new TemporaryError(`${setting}: the program ${shown} cannot be looked at just now (${code})`);
  }
  if (code === "EACCES") {
    return new ConfigError(`${setting}: ${program} is not executable for the user of the service (EACCES)`);
  }
  return new ConfigError(`${setting}: there is no program ${shown} (${code})`);
}

/** Shorter than any key or token. */
const shortPath = 24;

/** A secret may begin with a slash, and may have been put where its command belongs. */
function isSurelyPath(program: string): boolean {
  const [first, ...below] = partsOf(program);
  if (first === undefined || below.length === 0) return false;
  return program.length < shortPath || existsSync(`/${first}`);
}

interface Asked {
  readonly setting: string;
  /** The user of the service. */
  readonly user: number | undefined;
}

function requireSafeWay(asked: Asked, program: string): void {
  const { setting } = asked;
  const rest = partsOf(program);
  let at = "/";
  requireOwn(asked, at, lstatSync(at));
  for (let links = 0; ; ) {
    const part = rest.shift();
    if (part === undefined) break;
    const next = part === ".." ? dirname(at) : join(at, part);
    const found = lstatSync(next);
    if (found.isSymbolicLink()) {
      links += 1;
      if (links > linksMax) throw new ConfigError(`${setting}: ${program} leads through more than ${linksMax} links`);
      requireOwner(asked, next, found);
      const target = readlinkSync(next);
      if (isAbsolute(target)) at = "/";
      rest.unshift(...partsOf(target));
      continue;
    }
    requireOwn(asked, next, found);
    at = next;
  }
  if (!lstatSync(at).isFile()) throw new ConfigError(`${setting}: ${program} is not a regular file`);
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function requireOwn(asked: Asked, path: string, found: Stats): void {
  requireOwner(asked, path, found);
  if ((found.mode & othersMayWrite) === 0 || (found.isDirectory() && (found.mode & sticky) !== 0)) return;
  const mode = (found.mode & 0o7777).toString(8).padStart(4, "0");
  throw new ConfigError(
    `${asked.setting}: other users of the machine may change ${path} (mode ${mode}), and so what the service runs; run ` +
      `'chmod go-w ${path}', or name a program elsewhere`,
  );
}

function requireOwner({ setting, user }: Asked, path: string, { uid }: Stats): void {
  if (uid === 0 || uid === user) return;
  throw new ConfigError(
    `${setting}: ${path} belongs to the user ${uid}; what the service runs must belong to root or to its own user`,
  );
}

/** Quotes the word only when it is the name of a program: it may be a secret that was put there by mistake. */
function absolutePathNeeded(program: string, searchPath: string): string {
  const rule = "must begin with the absolute path of a program";
  if (program.includes("/")) return `${rule}; it begins with a relative one`;
  const folder = searchPath.split(delimiter).find((each) => isAbsolute(each) && isExecutable(join(each, program)));
  return folder === undefined ? `${rule}; the PATH has none of this name` : `${rule}: ${join(folder, program)}`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return lstatSync(path).isFile() || lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}
