import { CliError } from "../frame/errors.ts";
import type { Match, Scanner } from "./find-values.ts";
import { createLineCounter, type Finding, toFindings } from "./findings.ts";
import { askGit, type Environment, type GitObject, readObjects } from "./git.ts";

/** An object with values in it. */
interface Hit {
  readonly object: GitObject;
  readonly matches: readonly Match[];
}

const shownChars = 12;

/**
 * Looks through all versions of all files that the repository of a folder has, and through the messages of its commits
 * and tags: also through what no branch reaches any more. Returns how many bytes that were.
 */
export async function scanHistory(
  env: Environment,
  folder: string,
  scanner: Scanner,
  report: (findings: readonly Finding[]) => void,
  progress: (bytes: number) => void,
): Promise<number> {
  const { hits, bytes } = await scanObjects(env, folder, "all", scanner, progress);
  if (hits.length === 0) return bytes;
  const places = findCommits(env, folder, new Set(hits.map(({ object }) => object.id)));
  for (const { object, matches } of hits) {
    const lines = await linesIn(env, folder, object, matches);
    const short = object.id.slice(0, shownChars);
    const place = object.type === "blob" ? (places.get(object.id) ?? { commit: short }) : { commit: short };
    report(toFindings(place, matches, lines));
  }
  return bytes;
}

/** Looks through the files that are staged for the next commit, as far as they differ from the last one. */
export async function scanStaged(
  env: Environment,
  scanner: Scanner,
  report: (findings: readonly Finding[]) => void,
): Promise<number> {
  const files = stagedFiles(env);
  const { hits, bytes } = await scanObjects(
    env,
    ".",
    [...new Set(files.map(({ id }) => id))],
    scanner,
    () => undefined,
  );
  for (const { object, matches } of hits) {
    const lines = await linesIn(env, ".", object, matches);
    for (const { id, file } of files) if (id === object.id) report(toFindings({ file }, matches, lines));
  }
  return bytes;
}

async function scanObjects(
  env: Environment,
  folder: string,
  ids: readonly string[] | "all",
  scanner: Scanner,
  progress: (bytes: number) => void,
) {
  const hits: Hit[] = [];
  let bytes = 0;
  await readObjects(env, folder, ids, {
    part(content) {
      for (let at = 0; at < content.length; ) {
        const copied = content.copy(scanner.room(), 0, at);
        scanner.took(copied);
        at += copied;
      }
      bytes += content.length;
      progress(bytes);
    },
    end(object) {
      const matches = scanner.finish();
      // The names in a folder are those of its files, which are looked at themselves.
      if (matches.length > 0 && object.type !== "tree") hits.push({ object, matches });
    },
  });
  return { hits, bytes };
}

/** Those of a message count from its own first line. */
async function linesIn(env: Environment, folder: string, { id, type }: GitObject, matches: readonly Match[]) {
  const counter = createLineCounter(matches.map(({ at }) => at));
  let header = type === "blob" ? 0 : -1;
  const part = (bytes: Buffer) => {
    if (header === -1) header = bytes.toString("latin1").split("\n").indexOf("") + 1;
    counter.part(bytes);
  };
  await readObjects(env, folder, [id], { part, end: () => undefined });
  return counter.lines().map((line) => Math.max(1, line - header));
}

/** The oldest commit with each version of a file, and the name of that file in it. */
function findCommits(env: Environment, folder: string, ids: ReadonlySet<string>) {
  const args = ["log", "--all", "--raw", "--no-abbrev", "--no-renames", "-m", "--root", "-z", "--format=%x01%H"];
  const text = askGit(env, args, `git cannot read the history of ${folder}`, { folder }).toString();
  const places = new Map<string, { readonly file: string; readonly commit: string }>();
  let commit = "";
  const fields = text.split("\0");
  for (let i = 0; i < fields.length; i += 1) {
    const field = (fields[i] ?? "").trimStart();
    if (field.startsWith("\u0001")) {
      commit = field.slice(1, 1 + shownChars);
      continue;
    }
    if (!field.startsWith(":")) continue;
    const [, , , id = ""] = field.split(" ");
    i += 1;
    if (ids.has(id)) places.set(id, { file: fields[i] ?? "", commit });
  }
  return places;
}

/** `:mode mode id id status`, then the name. */
function stagedFiles(env: Environment): { readonly id: string; readonly file: string }[] {
  const base = hasCommit(env)
    ? "HEAD"
    : askGit(env, ["hash-object", "-t", "tree", "--stdin"], "git failed").toString().trim();
  const args = ["diff-index", "--cached", "--raw", "--no-abbrev", "--no-renames", "-z", base, "--"];
  const fields = askGit(env, args, "git cannot say what is staged here").toString().split("\0");
  const files: { id: string; file: string }[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, mode = "", , id = "", status = ""] = (fields[i] ?? "").split(" ");
    const isFile = mode.startsWith("100") || mode === "120000";
    if (status !== "D" && isFile) files.push({ id, file: fields[i + 1] ?? "" });
  }
  return files;
}

function hasCommit(env: Environment): boolean {
  askGit(env, ["rev-parse", "--git-dir"], "this folder is not in a git repository");
  try {
    askGit(env, ["rev-parse", "--verify", "--quiet", "HEAD"], "");
    return true;
  } catch (error) {
    if (error instanceof CliError) return false;
    throw error;
  }
}
