import { limits } from "../../limits.ts";
import { CliError } from "./cli-error.ts";

/** An assignment of a dotenv file. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
  /** File and line, such as `.env:4`. */
  readonly place: string;
}

/** Ten batches. A file with more is not a file of settings. */
const assignmentsMax = 10 * limits.batchItems;

const blank = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
const assignment = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*/y;
const single = /'([^']*)'/y;
const double = /"((?:[^"\\]|\\[\s\S])*)"/y;
const bare = /[^\n]*/y;
const restOfLine = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
const lineBreak = 0x0a;

/**
 * Reads a dotenv file: `NAME=value`, with `export` or without, in single quotes (nothing is special), in double quotes
 * (where `\n` is a line break) or bare (up to ` #`). Programs differ in what else they understand in such
 * files. Anything that programs read differently is an error.
 * @throws CliError with the line, and without any text of the file
 */
export function readDotenv(file: string, source: string): Assignment[] {
  const text = source.replace(/\r\n/g, "\n");
  const found: Assignment[] = [];
  const names = new Map<string, string>();
  let at = 0;
  let line = 1;
  let countedTo = 0;
  // Counts on from the last place. Counting from the start each time would take a second for a file of 4 MiB.
  const place = () => {
    for (; countedTo < at; countedTo += 1) if (text.charCodeAt(countedTo) === lineBreak) line += 1;
    return `${file}:${line}`;
  };
  const take = (form: RegExp) => {
    form.lastIndex = at;
    const match = form.exec(text);
    if (match !== null) at += match[0].length;
    return match;
  };
  if (text.startsWith("\ufeff")) throw new CliError(`${file}:1: starts with a byte order mark: save it without one`);
  while (at < text.length) {
    if (take(blank) !== null) continue;
    const start = place();
    const name = take(assignment)?.[1];
    if (name === undefined) throw new CliError(`${start}: must be of the form NAME=value`);
    if (found.length === assignmentsMax)
      throw new CliError(`${start}: there are more than ${assignmentsMax} assignments`);
    const earlier = names.get(name);
    if (earlier !== undefined) throw new CliError(`${start}: ${name} is in ${earlier} already`);
    names.set(name, start);
    const quoted = checkSingle(take(single)?.[1], name, start) ?? readEscapes(take(double)?.[1], name, start);
    if (quoted !== undefined && take(restOfLine) === null) {
      throw new CliError(`${start}: only a comment may follow the quoted value of ${name}`);
    }
    found.push({ name, value: quoted ?? readBare(take(bare)?.[0] ?? "", name, start), place: start });
    if (quoted === undefined) at += 1;
  }
  return found;
}

/** Nothing but a line break is written in one way that all programs read. */
function readEscapes(text: string | undefined, name: string, place: string): string | undefined {
  if (text === undefined) return undefined;
  if (/\$[A-Za-z_{]/.test(text)) throw substitution(name, place);
  return text.replace(/\\([\s\S])/g, (_, char: string) => {
    if (char === "n") return "\n";
    throw new CliError(`${place}: ${name} has a backslash within double quotes, which programs read differently`, [
      "single quotes keep it as it is written",
    ]);
  });
}

/** Within single quotes, some programs take a backslash for an escape, and some replace variables. */
function checkSingle(text: string | undefined, name: string, place: string): string | undefined {
  if (text === undefined) return undefined;
  if (/\\(?:['\\]|$)/.test(text)) {
    throw new CliError(
      `${place}: ${name} has a backslash before another one or before a quote, which programs read differently`,
    );
  }
  if (/\$\{/.test(text))
    throw new CliError(`${place}: ${name} holds a \${ that some programs would replace with a variable`);
  return text;
}

function readBare(text: string, name: string, place: string): string {
  const value = text.replace(/(^|[ \t])#.*$/, "").replace(/[ \t]+$/, "");
  if (/^["']/.test(value)) throw new CliError(`${place}: the quote that begins the value of ${name} is not closed`);
  if (value.includes("#")) {
    throw new CliError(`${place}: ${name} holds a # that some programs take for a comment`, [
      "put the value in quotes",
    ]);
  }
  if (value.startsWith("`")) throw new CliError(`${place}: ${name} is in backticks, which few programs read as quotes`);
  if (/\$[A-Za-z_{]/.test(value)) throw substitution(name, place);
  return value;
}

function substitution(name: string, place: string): CliError {
  const hint = "single quotes keep it as it is written";
  return new CliError(`${place}: ${name} holds a $ that some programs would replace with a variable`, [hint]);
}
