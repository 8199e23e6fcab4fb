import type { Writable } from "node:stream";
import { escapeForDisplay } from "./escape.ts";

/** The only way to standard output and standard error. */
export interface Output {
  /** What was asked for, as it is. Ends with a line break unless the caller wants none. */
  result(text: string): void;
  /** `oo: error: …`. From now on the command counts as failed. */
  error(message: string): void;
  /** `oo: hint: …`. */
  hint(message: string): void;
  /** A line on standard error of another, documented form. From now on the command counts as failed. */
  failure(line: string): void;
  /** Whether a person is likely to read standard error now. */
  readonly isWatched: boolean;
  readonly hasFailed: boolean;
}

interface Streams {
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Ends the process. Only for when standard output cannot be written any more. */
  readonly exit: (code: number) => void;
}

/**
 * A reader that has gone away (`| head`) ends the command without a word; any other failure to write, such as a full
 * disk, is an error.
 */
export function createOutput({ stdout, stderr, exit }: Streams): Output {
  let failed = false;
  const note = (line: string) => void stderr.write(`${escapeForDisplay(line)}\n`);
  stderr.on("error", () => undefined);
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return exit(failed ? 1 : 0);
    note(`oo: error: cannot write to standard output: ${error.code ?? "unknown error"}`);
    exit(1);
  });
  return {
    result: (text) => void stdout.write(text),
    error: (message) => {
      failed = true;
      note(`oo: error: ${message}`);
    },
    hint: (message) => note(`oo: hint: ${message}`),
    failure: (line) => {
      failed = true;
      note(line);
    },
    get isWatched() {
      return stderr.isTTY === true;
    },
    get hasFailed() {
      return failed;
    },
  };
}
