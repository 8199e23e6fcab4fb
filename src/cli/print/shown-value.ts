import type { SecretValue } from "../../text/secret-value.ts";
import { CliError } from "../formats/cli-error.ts";
import type { Output } from "./output.ts";

/** A value of a response: text, bytes, or undefined when it has none. */
export function secretValueOf({
  value,
  valueBytes,
}: {
  readonly value?: string | undefined;
  readonly valueBytes?: Uint8Array | undefined;
}): SecretValue | undefined {
  return value ?? valueBytes;
}

/** What a table has in place of bytes. */
export function tableValue(value: SecretValue): string {
  return typeof value === "string" ? value : `(${bytesText(value)})`;
}

/** How many bytes they are: `1 byte`, `7 bytes`. */
function bytesText({ length }: Uint8Array): string {
  return length === 1 ? "1 byte" : `${length} bytes`;
}

/** Why bytes are not printed; `what` is the subject of the sentence. */
export function notForTerminal(what: string, value: Uint8Array, hint: string): CliError {
  return new CliError(`${what} is not text (${bytesText(value)}), and is not shown on a terminal`, [hint]);
}

/**
 * Prints a value alone and unchanged; on a terminal a text gets a line break.
 * @throws CliError for a value that a terminal would act on
 */
export async function printValue(output: Output, value: SecretValue, key: string): Promise<void> {
  if (typeof value !== "string") {
    if (!output.isShown) return output.bytes(value);
    throw notForTerminal(`the value of ${key}`, value, `write it to a file: oo secret get ${key} > FILE`);
  }
  if (!output.isShown) return output.result(value);
  (await import("./terminal-codes.ts")).refuseTerminalCodes(value);
  output.result(value.endsWith("\n") ? value : `${value}\n`);
}
