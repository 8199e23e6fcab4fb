import type { Output } from "../print/output.ts";

/** Standard input, which is read at most once. */
export type Input = AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };

/** What every command gets from the outside world. */
export interface Cli {
  readonly output: Output;
  /** A function, because Node changes the mode of an open pipe or terminal as soon as `process.stdin` is read. */
  readonly stdin: () => Input;
  /** The arguments as they were given. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
