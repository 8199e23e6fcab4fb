import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { limits } from "../../limits.ts";
import { utf8Text } from "../formats/utf8-text.ts";
import { CliError, systemReason } from "../frame/errors.ts";
import { systemProgram } from "../frame/windows.ts";
import { makePrivateFolder } from "./private-folder.ts";

const isWindows = process.platform === "win32";

/** A text that the user changes in an editor, as often as they like. */
export interface Editing {
  /** Opens the editor, and returns what is in the file after it ends. */
  edit(): Promise<string>;
  /** Removes the file and all that the editor left next to it. */
  end(): void;
}

/**
 * Starts with this text, in a private file of this name. The editor is VISUAL, else EDITOR, else the one of the system.
 */
export function startEditing(
  text: string,
  fileName: string,
  env: Readonly<Record<string, string | undefined>>,
): Editing {
  const folder = makePrivateFolder();
  const path = join(folder.path, fileName);
  writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  const editor = env.VISUAL || env.EDITOR || (isWindows ? `"${systemProgram("System32\\notepad.exe", env)}"` : "vi");
  const { OO_TOKEN: _token, ...others } = env;
  return {
    async edit() {
      const child = openEditor(editor, path, others);
      const [code] = await once(child, "exit");
      if (code !== 0) throw new CliError(`the editor ended with ${code ?? "a signal"}: nothing was changed`);
      return read(path);
    },
    end: () => folder.remove(),
  };
}

/** An editor may have options, so a shell takes the words apart: the one that the system has. */
function openEditor(editor: string, path: string, env: Readonly<Record<string, string | undefined>>): ChildProcess {
  const options = { stdio: "inherit", env } as const;
  if (isWindows) return spawn(`${editor} "${path}"`, { ...options, shell: true });
  return spawn("/bin/sh", ["-c", `${editor} "$1"`, "sh", path], options);
}

function readEdited(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CliError(`cannot read what the editor has written: ${systemReason(error)}`);
  }
}

function read(path: string): string {
  const bytes = readEdited(path);
  if (bytes.length > limits.requestBytes)
    throw new CliError(`the text is too large: at most ${limits.requestBytes} bytes`);
  return utf8Text(bytes, "the text");
}
