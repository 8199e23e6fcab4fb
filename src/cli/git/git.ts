import { execFileSync, spawn } from "node:child_process";
import { CliError, systemCode } from "../frame/errors.ts";
import { executableOnPath } from "../frame/windows.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings of a repository must not make git run programs, nor fetch what is missing. */
const settings = ["core.fsmonitor=false", "core.quotePath=false", "log.showSignature=false"].flatMap((each) => [
  "-c",
  each,
]);
const answerBytesMax = 512 * 1024 * 1024;

/** On Windows a name alone could be a program of the folder that is looked at. */
function gitProgram(env: Environment): string {
  if (process.platform !== "win32") return "git";
  const path = executableOnPath("git", env);
  if (path === undefined) throw noGit();
  return path;
}

function noGit(): CliError {
  return new CliError("there is no git on the PATH");
}

function withoutFetching(env: Environment): NodeJS.ProcessEnv {
  return { ...env, GIT_NO_LAZY_FETCH: "1", GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };
}

/**
 * What git prints for a command, in a folder or the one that this process is in.
 * @throws CliError when there is no git, or when it fails; `refused` says what that means
 */
export function askGit(
  env: Environment,
  args: readonly string[],
  refused: string,
  { folder, input = "" }: { readonly folder?: string; readonly input?: string } = {},
): Buffer {
  try {
    return execFileSync(gitProgram(env), [...settings, ...args], {
      env: withoutFetching(env),
      input,
      maxBuffer: answerBytesMax,
      stdio: ["pipe", "pipe", "ignore"],
      ...(folder === undefined ? {} : { cwd: folder }),
    });
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (systemCode(error) === "ENOENT") throw noGit();
    throw new CliError(refused);
  }
}

/** Whether the folder is in a repository that git can read. */
export function isInRepository(env: Environment, folder: string): boolean {
  try {
    askGit(env, ["rev-parse", "--git-dir"], "", { folder });
    return true;
  } catch (error) {
    if (error instanceof CliError) return false;
    throw error;
  }
}

/** An object that git stores: a version of a file, or a commit with its message. */
export interface GitObject {
  readonly id: string;
  readonly type: string;
  readonly bytes: number;
}

/** What is done with the objects that are read. `part` gets the content of one, piece by piece, before `end`. */
export interface ObjectReader {
  part(bytes: Buffer): void;
  end(object: GitObject): void;
}

/**
 * Reads objects one after another: those with the ids, or all that the repository has, also those that no branch
 * reaches.
 * @throws CliError when git fails
 */
export async function readObjects(
  env: Environment,
  folder: string,
  ids: readonly string[] | "all",
  reader: ObjectReader,
): Promise<void> {
  const which = ids === "all" ? ["--batch-all-objects", "--unordered"] : [];
  const git = spawn(gitProgram(env), [...settings, "cat-file", "--batch", "--buffer", ...which], {
    cwd: folder,
    env: withoutFetching(env),
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = new Promise<number | null>((resolve, reject) => git.on("error", reject).on("close", resolve));
  git.stdin.on("error", () => undefined);
  git.stdin.end(ids === "all" ? "" : ids.map((id) => `${id}\n`).join(""));
  const parser = createObjectParser(reader);
  for await (const chunk of git.stdout) parser(chunk as Buffer);
  if ((await ended) !== 0) throw new CliError(`git cannot read the objects of the repository of ${folder}`);
}

const lineFeed = 0x0a;

/** Each object is a line `id type size`, as many bytes, and a line break. */
function createObjectParser({ part, end }: ObjectReader): (chunk: Buffer) => void {
  let header = "";
  let current: GitObject | undefined;
  let left = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (current === undefined) {
        const line = chunk.indexOf(lineFeed, at);
        header += chunk.toString("latin1", at, line === -1 ? chunk.length : line);
        if (line === -1) return;
        at = line + 1;
        const [id = "", type = "", bytes = ""] = header.split(" ");
        header = "";
        // An object that is not there is a line without a size.
        if (!/^[0-9]+$/.test(bytes)) continue;
        current = { id, type, bytes: Number(bytes) };
        left = current.bytes + 1;
      }
      const taken = Math.min(left, chunk.length - at);
      const content = left === taken ? taken - 1 : taken;
      if (content > 0) part(chunk.subarray(at, at + content));
      at += taken;
      left -= taken;
      if (left === 0) {
        end(current);
        current = undefined;
      }
    }
  };
}
