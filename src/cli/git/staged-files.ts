import { limits } from "../../limits.ts";
import { hasYamlName, type TextFile } from "../files/find-files.ts";
import { utf8Text } from "../formats/utf8-text.ts";
import { CliError } from "../frame/errors.ts";
import { askGit, type Environment, readObjects } from "./git.ts";

/**
 * The YAML files below some paths as they are staged for the next commit, which may differ from what is in the folder.
 * Symbolic links are left out: what they lead to is staged itself.
 * @throws CliError when this is not in a repository, or the files are too large or not UTF-8
 */
export async function readStagedFiles(env: Environment, paths: readonly string[]): Promise<TextFile[]> {
  const listed = askGit(env, ["ls-files", "--stage", "-z", "--", ...paths], "git cannot say what is staged here");
  const files = listed.toString().split("\0").flatMap(readEntry);
  const texts = new Map<string, string>();
  let bytes = 0;
  let parts: Buffer[] = [];
  await readObjects(env, ".", [...new Set(files.map(({ id }) => id))], {
    part(content) {
      bytes += content.length;
      if (bytes > limits.requestBytes) {
        throw new CliError(`the staged files are too large: together they may have ${limits.requestBytes} bytes`);
      }
      parts.push(Buffer.from(content));
    },
    end({ id }) {
      texts.set(id, utf8Text(Buffer.concat(parts), files.find((file) => file.id === id)?.path ?? id));
      parts = [];
    },
  });
  return files.map(({ id, path }) => {
    const text = texts.get(id);
    if (text === undefined) throw new CliError(`git does not have the staged content of ${path}`);
    return { path, text };
  });
}

/** `mode id stage`, a tab, and the name. */
function readEntry(line: string): { readonly id: string; readonly path: string }[] {
  const tab = line.indexOf("\t");
  const [mode = "", id = ""] = line.slice(0, tab).split(" ");
  const path = line.slice(tab + 1);
  return mode.startsWith("100") && hasYamlName(path) ? [{ id, path }] : [];
}
