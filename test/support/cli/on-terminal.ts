import { fileURLToPath } from "node:url";
import { type LongRun, startProgram } from "./long-run.ts";

export { hasPseudoTerminals } from "./pseudo-terminal.ts";

const script = fileURLToPath(new URL("./on-terminal.py", import.meta.url));

/** Starts a program on a terminal of its own. SIGTERM closes the terminal. */
export function startOnTerminal(
  program: string,
  args: readonly string[],
  options: { readonly env: Readonly<Record<string, string>>; readonly cwd?: string },
): LongRun {
  return startProgram("python3", [script, program, ...args], options);
}
