import { createInterface } from "node:readline";
import { CliError } from "./errors.ts";

/**
 * Asks a question on the terminal, on standard error. Only `y` or `yes` means yes. For commands with
 * `addApprovalOption`.
 * @throws CliError with the message `refusal` unless the answer is yes; another one when standard input is not
 * a terminal
 */
export async function confirm(question: string, refusal: string): Promise<void> {
  const { stdin: input, stderr: output } = process;
  if (!input.isTTY) {
    throw new CliError("there is no terminal to ask on", ["in a script or pipeline use --auto-approve"]);
  }
  const lines = createInterface({ input, output });
  const answer = await new Promise<string>((resolve) => {
    lines.once("close", () => resolve(""));
    lines.question(`${question} [y/N] `, resolve);
  });
  lines.close();
  if (!/^\s*y(es)?\s*$/i.test(answer)) throw new CliError(refusal);
}
