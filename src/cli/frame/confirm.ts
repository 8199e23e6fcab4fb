import { createInterface } from "node:readline";
import type { Cli } from "./cli.ts";
import { CliError } from "./errors.ts";

/**
 * Asks a question on the terminal, on standard error. Only `y` or `yes` means yes. For commands with
 * `addApprovalOption`.
 * @throws CliError with the message `refusal` unless the answer is yes; another one when standard input is not
 * a terminal
 */
export async function confirm({ stdin }: Pick<Cli, "stdin">, question: string, refusal: string): Promise<void> {
  if (!stdin().isTTY) {
    throw new CliError("standard input is not a terminal, so there is no way to ask", [
      "in a script or pipeline use --auto-approve",
    ]);
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await new Promise<string>((resolve) => {
    lines.once("close", () => resolve(""));
    lines.question(`${question} [y/N] `, resolve);
  });
  lines.close();
  if (!/^\s*y(es)?\s*$/i.test(answer)) throw new CliError(refusal);
}
