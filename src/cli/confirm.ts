import { createInterface } from "node:readline";
import { CliError } from "./errors.ts";

/**
 * Asks a question on the terminal, on standard error; only `y` or `yes` is a yes.
 * @throws CliError without a terminal on standard input, with the hint
 */
export async function confirm(question: string, hintWithoutTerminal: string): Promise<boolean> {
  const { stdin: input, stderr: output } = process;
  if (!input.isTTY) throw new CliError("there is no terminal to ask on", [hintWithoutTerminal]);
  const lines = createInterface({ input, output });
  const answer = await new Promise<string>((resolve) => {
    lines.once("close", () => resolve(""));
    lines.question(`${question} [y/N] `, resolve);
  });
  lines.close();
  return /^\s*y(es)?\s*$/i.test(answer);
}
