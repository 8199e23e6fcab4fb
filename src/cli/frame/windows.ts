import { statSync } from "node:fs";
import { win32 } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The path of a program that is part of Windows, from its own folder. Started by its name alone, Windows would take one
 * from the folder that this process is in, such as a checked out repository, before that of the system.
 */
export function systemProgram(path: string, env: Environment): string {
  return win32.join(env.SystemRoot || "C:\\Windows", path);
}

/** The path of an executable in a folder of the PATH, never in the current one; undefined when none has it. */
export function executableOnPath(name: string, env: Environment, isFile = isRegularFile): string | undefined {
  const path = Object.entries(env).find(([variable]) => variable.toUpperCase() === "PATH")?.[1] ?? "";
  const folders = path.split(";").map((each) => each.replace(/^"(.*)"$/, "$1"));
  const names = /\.(exe|com)$/i.test(name) ? [name] : [`${name}.com`, `${name}.exe`];
  const paths = folders
    .filter((each) => win32.isAbsolute(each))
    .flatMap((folder) => names.map((each) => win32.join(folder, each)));
  return paths.find(isFile);
}

function isRegularFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
