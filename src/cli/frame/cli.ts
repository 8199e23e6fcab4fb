import type { Output } from "./output.ts";

/** Standard input, which is read at most once. */
export type Input = AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };

/** What every command gets from the world outside. */
export interface Cli {
  readonly output: Output;
  /** A function, because Node changes the mode of an open pipe or terminal once it is asked for it. */
  readonly stdin: () => Input;
  /** The arguments as they were given. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
