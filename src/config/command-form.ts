import { KeyTextError, type KeyTextForm, parseKeyText } from "../crypto/key-text.ts";
import { ConfigError } from "./config-error.ts";

export interface CommandForm {
  readonly program: string;
  readonly args: readonly string[];
}

/** A `;` or one `&` within a word belongs to an address, such as `pkcs11:id=%01;type=private`. */
const shellSign = /["'`$\\|<>]|^[&;]|[&;]$|&&|^~(?=\/|$)/;

/**
 * The words of a command, which no shell reads: parted by blanks, or a JSON array of texts. Words that only a shell
 * understands are refused, because a program would take them for arguments. Throws `ConfigError`, which never quotes
 * the text: arguments may be secrets, and someone may have put the secret itself there.
 */
export function parseCommand(setting: string, text: string): CommandForm {
  if (beginsWithKey(text)) {
    throw new ConfigError(`${setting} must be a command that prints the key; it looks like the key itself`);
  }
  const [program, ...args] = text.trimStart().startsWith("[") ? parseArray(setting, text) : parseWords(setting, text);
  if (program === undefined || program === "") throw new ConfigError(`${setting} is empty; it must be a command`);
  return { program, args };
}

function parseArray(setting: string, text: string): readonly string[] {
  const words = readJson(text);
  const isRight = Array.isArray(words) && words.every((word) => typeof word === "string" && !word.includes("\0"));
  if (!isRight) throw new ConfigError(`${setting} begins with [ and must be a JSON array of strings`);
  return words;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseWords(setting: string, text: string): readonly string[] {
  const words = text.split(/[ \t\r\n]+/).filter((word) => word !== "");
  for (const [index, word] of words.entries()) {
    const [found] = shellSign.exec(word) ?? [];
    if (found === undefined) continue;
    throw new ConfigError(
      `${setting}: word ${index + 1} has ${found}, but no shell runs this command; put what needs a shell into a ` +
        `script, or write the words as a JSON array such as ["/usr/bin/age", "-d", "key.age"]`,
    );
  }
  return words;
}

/** One of several keys begins the text as well. 32 characters of text may be the path of a program. */
function beginsWithKey(text: string): boolean {
  const parts = text.trim().split(/[\s,]+/);
  const [first = ""] = parts;
  const form = formOf(first);
  return form !== undefined && (form !== "characters" || (parts.length === 1 && !/^\/.*\//.test(first)));
}

function formOf(text: string): KeyTextForm | undefined {
  try {
    return parseKeyText(text).form;
  } catch (error) {
    if (error instanceof KeyTextError) return undefined;
    throw error;
  }
}
