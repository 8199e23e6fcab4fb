import type { Output } from "./output.ts";

/** What every command gets from the world outside. */
export interface Cli {
  readonly output: Output;
  /** The arguments as they were given. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
