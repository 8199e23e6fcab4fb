import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import nodePath, { basename, dirname, isAbsolute, join, posix, resolve, sep } from "node:path";
import { readBounded } from "../../files/read-bounded.ts";
import { writeNewFile } from "../../files/write-whole.ts";
import { CliError, systemCode, systemReason } from "../frame/errors.ts";
import { askGit, type Environment } from "./git.ts";

/** What was set up, as texts for a person. */
export interface Installed {
  readonly hook: string;
  readonly attributes: string;
}

const firstLines = "#!/bin/sh\n# Written by `oo secret lint --install-hook`.\n";
const keyName = "oo-diff-key";
const keyBytes = 32;
/** Name of the driver in `.gitattributes` and in the settings of the clone. */
const driver = "oo-secrets";

/**
 * Makes `oo secret lint --hook` the pre-commit hook of this clone, and has `git diff` show names in place of the
 * content of files of secrets. `options` are those of the hook, and `paths` the files and folders that it checks, from
 * this folder.
 * @throws CliError when there is another hook already, when the hook would be for other repositories also, or when
 * something cannot be written
 */
export async function installHook(
  env: Environment,
  paths: readonly string[],
  options: readonly string[],
  sealingKey: string | undefined,
): Promise<Installed> {
  const ask = (...args: string[]) => askGit(env, args, "this folder is not in a git repository").toString().trimEnd();
  const [top, prefix] = [ask("rev-parse", "--show-toplevel"), ask("rev-parse", "--show-prefix")];
  const fromTop = (path: string) => within(prefix, path);
  const key = sealingKey === undefined ? [] : ["--sealing-key", fromTop(sealingKey)];
  const words = ["oo", "secret", "lint", "--hook", ...options, ...key, "--", ...paths.map(fromTop)];
  const command = words.map(quote).join(" ");
  const hook = resolve(ask("rev-parse", "--git-path", "hooks/pre-commit"));
  const own = isOfAllRepositories(env) ? [] : [top, resolve(ask("rev-parse", "--git-common-dir"))];
  requireOwn(hook, own, command);
  const attributes = join(top, ".gitattributes");
  return explaining(async () => {
    writeHook(hook, `${firstLines}exec ${command}\n`, command);
    await writeNewFile(resolve(ask("rev-parse", "--git-path", keyName)), randomBytes(keyBytes).toString("hex"));
    addLines(
      attributes,
      paths.flatMap((path) => patternsOf(path, fromTop(path))).map((each) => `${each} diff=${driver}`),
    );
    ask("config", "--local", `diff.${driver}.textconv`, "oo secret lint --textconv");
    return { hook, attributes };
  });
}

/** The key for marks of plaintext in diffs; undefined where nothing was installed. */
export function readCloneKey(env: Environment): Buffer | undefined {
  try {
    const path = askGit(env, ["rev-parse", "--git-path", keyName], "").toString().trimEnd();
    return readBounded(path, { maxBytes: 2 * keyBytes });
  } catch (error) {
    if (error instanceof CliError || systemCode(error) !== undefined) return undefined;
    throw error;
  }
}

/**
 * The path from the top of the repository, with `/` on every system. Git accepts no others. `paths` are those of this
 * system, other than in tests.
 */
export function within(prefix: string, path: string, paths: typeof posix = nodePath): string {
  const joined = posix.join(prefix, path.replaceAll(paths.sep, "/"));
  if (paths.isAbsolute(path) || joined === ".." || joined.startsWith("../")) {
    throw new CliError(`${path} must be a path within the repository, from this folder`);
  }
  return joined;
}

function patternsOf(path: string, fromTop: string): string[] {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true || path.endsWith("/");
  const base = fromTop === "." || fromTop === "./" ? "" : `/${fromTop.replace(/\/$/, "")}`;
  if (!isFolder) return [pattern(base)];
  return ["yaml", "yml"].map((ending) => pattern(`${base}/**/*.${ending}`));
}

function pattern(text: string): string {
  return /[\s"\\]/.test(text) ? JSON.stringify(text) : text;
}

/**
 * Whether the user or the machine has one folder of hooks for all repositories. It may lie in this one: the files of a
 * home folder can be a repository. A relative path is another folder in each.
 */
function isOfAllRepositories(env: Environment): boolean {
  try {
    const asked = ["config", "--show-scope", "--path", "--get", "core.hooksPath"];
    const [scope = "", path = ""] = askGit(env, asked, "").toString().trimEnd().split("\t");
    return scope !== "local" && scope !== "worktree" && isAbsolute(path);
  } catch (error) {
    // It is not set.
    if (error instanceof CliError) return false;
    throw error;
  }
}

/**
 * With a setting such as a global `core.hooksPath`, the hooks of one folder run in every repository of the user.
 * @throws CliError when the hook would be out of this repository
 */
function requireOwn(hook: string, own: readonly string[], command: string): void {
  const real = realPathOf(hook);
  if (own.map(realPathOf).some((folder) => real.startsWith(folder + sep))) return;
  throw new CliError(`git takes the hooks from ${dirname(hook)}, which other repositories may use as well`, [
    'to give this repository hooks of its own, in place of those: git config --local core.hooksPath "$(git rev-parse --path-format=absolute --git-common-dir)/hooks"',
    `or add this to that hook yourself, only for this repository: ${command}`,
  ]);
}

/** Without symbolic links, as far as it exists. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const parent = dirname(path);
    if (systemCode(error) !== "ENOENT" || parent === path) return path;
    return join(realPathOf(parent), basename(path));
  }
}

function writeHook(path: string, text: string, command: string): void {
  const there = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  if (there !== undefined && !there.startsWith(firstLines)) {
    throw new CliError(`${path} is another hook, and is not replaced`, [`add this line to it: ${command}`]);
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

function addLines(path: string, lines: readonly string[]): void {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const missing = lines.filter((line) => !text.split(/\r?\n/).includes(line));
  if (missing.length === 0) return;
  appendFileSync(path, `${text === "" || text.endsWith("\n") ? "" : "\n"}${missing.join("\n")}\n`);
}

function quote(word: string): string {
  return /^[A-Za-z0-9_./:=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

async function explaining<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CliError || systemCode(error) === undefined) throw error;
    throw new CliError(`cannot write the hook: ${systemReason(error)}`);
  }
}
