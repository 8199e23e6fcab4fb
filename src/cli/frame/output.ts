import type { Writable } from "node:stream";
import { escapeForDisplay } from "./escape.ts";

/** The only way to standard output and standard error. */
export interface Output {
  /** What was asked for, as it is. Ends with a line break unless the caller wants none. */
  result(text: string): void;
  /** `oo: error: …`. From now on the command counts as failed. */
  error(message: string): void;
  /** `oo: warning: …`. Also for those who want no hints: it is about the result. */
  warning(message: string): void;
  /** `oo: hint: …`. */
  hint(message: string): void;
  /** A line on standard error of another, documented form. From now on the command counts as failed. */
  failure(line: string): void;
  /** What is going on now: a line on a terminal that the next one, `""` or anything else replaces. Elsewhere nothing. */
  progress(text: string): void;
  /** From now on hints and progress are left out. */
  beQuiet(): void;
  /** The exit code of a command that does not fail; 0 unless told otherwise. */
  endWith(code: number): void;
  /** Whether a person is likely to read standard error now. */
  readonly isWatched: boolean;
  /** Whether standard output is a terminal. */
  readonly isShown: boolean;
  /** 1 when the command has failed, else what it was told to end with. */
  readonly exitCode: number;
}

const eraseToEndOfLine = "\x1b[K";

interface Streams {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Ends the process. Only for when standard output cannot be written any more. */
  readonly exit: (code: number) => void;
  /** Whether a terminal may be told colours. */
  readonly mayColour: boolean;
}

const red = "\x1b[31m";
const yellow = "\x1b[33m";
const cyan = "\x1b[36m";
const noColour = "\x1b[39m";

/** Not where the user has set NO_COLOR to anything, nor on a terminal that is not known to have colours. */
export function wantsColour(env: Readonly<Record<string, string | undefined>>): boolean {
  return !env.NO_COLOR && env.TERM !== undefined && env.TERM !== "dumb";
}

/**
 * A reader that has gone away (`| head`) ends the command without a word; any other failure to write, such as a full
 * disk, is an error.
 */
export function createOutput({ stdout, stderr, exit, mayColour }: Streams): Output {
  let failed = false;
  let quiet = false;
  let code = 0;
  let isInProgress = false;
  const progress = (text: string) => {
    if (stderr.isTTY !== true || quiet || (text === "" && !isInProgress)) return;
    isInProgress = text !== "";
    stderr.write(`\r${eraseToEndOfLine}${escapeForDisplay(text)}`);
  };
  const label = (text: string, colour: string) =>
    mayColour && stderr.isTTY === true ? `${colour}${text}${noColour}` : text;
  const note = (line: string, labelText = "") => {
    progress("");
    stderr.write(`${labelText}${escapeForDisplay(line)}\n`);
  };
  stderr.on("error", () => undefined);
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return exit(failed ? 1 : 0);
    note(`cannot write to standard output: ${error.code ?? "unknown error"}`, label("oo: error: ", red));
    exit(1);
  });
  return {
    result: (text) => {
      progress("");
      stdout.write(text);
    },
    error: (message) => {
      failed = true;
      note(message, label("oo: error: ", red));
    },
    warning: (message) => note(message, label("oo: warning: ", yellow)),
    hint: (message) => {
      if (!quiet) note(message, label("oo: hint: ", cyan));
    },
    failure: (line) => {
      failed = true;
      note(line);
    },
    progress,
    beQuiet: () => {
      quiet = true;
    },
    endWith: (wanted) => {
      code = wanted;
    },
    get isWatched() {
      return stderr.isTTY === true;
    },
    get isShown() {
      return stdout.isTTY === true;
    },
    get exitCode() {
      return failed ? 1 : code;
    },
  };
}
