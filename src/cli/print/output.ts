import type { Writable } from "node:stream";
import { systemReason } from "../formats/system-reason.ts";
import { escapeForDisplay } from "./escape.ts";

/** The only way to standard output and standard error, apart from the question of `confirm`. */
export interface Output {
  /** Prints the result unchanged. It ends with a line break unless the caller wants none. */
  result(text: string): void;
  /** Prints a result that need not be text. */
  bytes(bytes: Uint8Array): void;
  /** Prints `oo: error: …`. The command has failed from now on. */
  error(message: string): void;
  /** Prints `oo: warning: …`, even when quiet: it is about the result. */
  warning(message: string): void;
  /** Prints `oo: hint: …`. */
  hint(message: string): void;
  /** Prints a line of another, documented form on standard error. The command has failed from now on. */
  failure(line: string): void;
  /**
   * Shows what is happening now. On a terminal this is a line that any later output replaces, and that `""` erases.
   * Elsewhere it does nothing.
   */
  progress(text: string): void;
  /** Leaves out hints and progress from now on. */
  beQuiet(): void;
  /** Sets the exit code. Default 0. */
  endWith(code: number): void;
  /** Whether a person is likely to read standard error now. */
  readonly isWatched: boolean;
  /** Whether standard output is a terminal. */
  readonly isShown: boolean;
  /** How wide it is; undefined for anything else, where nothing is cut or coloured. */
  readonly columns: number | undefined;
  /** The text in a colour, if standard output is a terminal that may have colours. */
  paint(text: string, colour: Colour): string;
  /** The code given to `endWith`; when the command has failed and that is 0, 1. */
  readonly exitCode: number;
}

export type Colour = "red" | "green" | "yellow" | "cyan";

const eraseToEndOfLine = "\x1b[K";

interface Streams {
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Ends the process. Used only when standard output can no longer be written. */
  readonly exit: (code: number) => void;
  /** Whether a terminal may get colour codes. */
  readonly mayColour: boolean;
  /** Whether a terminal can show a line that is replaced. Default true. */
  readonly mayProgress?: boolean;
}

const colours = { red: "\x1b[31m", green: "\x1b[32m", yellow: "\x1b[33m", cyan: "\x1b[36m" } as const;
const { red, yellow, cyan } = colours;
const noColour = "\x1b[39m";

/** False when NO_COLOR is set and not empty, or when TERM is `dumb`, or unset other than on Windows, which has none. */
export function wantsColour(
  env: Readonly<Record<string, string | undefined>>,
  system: NodeJS.Platform = process.platform,
): boolean {
  return !env.NO_COLOR && (env.TERM !== undefined || system === "win32") && env.TERM !== "dumb";
}

/** False in CI, whose log would have every state of such a line, and for a `dumb` terminal, which replaces nothing. */
export function wantsProgress(env: Readonly<Record<string, string | undefined>>): boolean {
  return !env.CI && env.TERM !== "dumb";
}

/** What is longer than the terminal is wide could not be replaced. */
function fitting(line: string, columns: number | undefined): string {
  return columns && line.length >= columns ? `${line.slice(0, Math.max(0, columns - 2))}…` : line;
}

/**
 * When the reader has gone away (`| head`), the command ends silently. Any other failure to write, such as a full disk,
 * is an error.
 */
export function createOutput({ stdout, stderr, exit, mayColour, mayProgress = true }: Streams): Output {
  let failed = false;
  let quiet = false;
  let code = 0;
  let isInProgress = false;
  const progress = (text: string) => {
    if (stderr.isTTY !== true || !mayProgress || quiet || (text === "" && !isInProgress)) return;
    isInProgress = text !== "";
    stderr.write(`\r${eraseToEndOfLine}${fitting(escapeForDisplay(text), stderr.columns)}`);
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
    note(`cannot write to standard output: ${systemReason(error)}`, label("oo: error: ", red));
    exit(1);
  });
  return {
    result: (text) => {
      progress("");
      stdout.write(text);
    },
    bytes: (bytes) => {
      progress("");
      stdout.write(bytes);
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
    get columns() {
      return stdout.isTTY === true && stdout.columns ? stdout.columns : undefined;
    },
    paint: (text, colour) => (mayColour && stdout.isTTY === true ? `${colours[colour]}${text}${noColour}` : text),
    get exitCode() {
      return failed && code === 0 ? 1 : code;
    },
  };
}
