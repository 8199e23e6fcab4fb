import { usageError } from "../frame/errors.ts";
import { statusOf } from "./folder-files.ts";

/** `.env`, `list.json`: names that files have far more often than secrets. */
const fileName = /^\.|\.[A-Za-z0-9]{1,10}$/;
const forceKey = "for a key of that name use --key";

/**
 * Refuses what was hardly meant as a key, before a secret of that name is made. `value` is the argument after it.
 * @throws CliError, which quotes nothing that may be a value
 */
export function refuseUnlikelyKey(text: string, value: string | undefined, usage: string): void {
  if (text === "-") throw usageError("the key comes first, then '-' for a value from standard input", `${usage} KEY -`);
  if (text.includes("=")) {
    throw usageError("the key holds '=': a key and its value are two arguments", `${usage} KEY VALUE`, forceKey);
  }
  if (statusOf(text)?.isFile() !== true || (value !== undefined && !fileName.test(text))) return;
  throw usageError(
    `${text} is a file, and not one of YAML`,
    `its content as the value of a key: ${usage} KEY - < ${text}`,
    `a file of another tool, such as a dotenv file: oo secret import ${text}`,
    forceKey,
  );
}

/** A hint for a value that looks like the name of its file; undefined for any other. */
export function fileValueHint(value: string): string | undefined {
  const path = value.startsWith("@") ? value.slice(1) : value;
  if (path === "-" || path.includes("\0") || statusOf(path)?.isFile() !== true) return undefined;
  return "the value is the argument itself, not the content of the file of that name: for that, use '-' and < FILE";
}
