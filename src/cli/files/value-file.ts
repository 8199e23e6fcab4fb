import { readBounded } from "../../files/read-bounded.ts";
import { limits } from "../../limits.ts";
import { isText, type SecretValue } from "../../text/secret-value.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError, systemReason, usageError } from "../frame/errors.ts";

export interface ValueFileOptions {
  /** A path, or `-` for standard input. */
  readonly file: string;
  /** Bytes even if they are text. */
  readonly bytes: boolean;
}

/**
 * The content of a file as a value: text where it is UTF-8 without NUL, which environments and most formats can carry,
 * else bytes.
 * @throws CliError when it cannot be read, is empty or is too long
 */
export async function readValueFile(cli: Cli, { file, bytes }: ValueFileOptions): Promise<SecretValue> {
  const content = file === "-" ? await readInput(cli) : readWhole(file);
  if (content.length === 0) throw new CliError(`${nameOf(file)} is empty`, ["a secret has at least one byte"]);
  if (content.length > limits.valueBytes) {
    throw new CliError(`a value must be at most ${limits.valueBytes} bytes, and ${nameOf(file)} has ${content.length}`);
  }
  if (!bytes && isText(content)) return content.toString("utf8");
  if (!bytes) cli.output.hint(`${nameOf(file)} is not text: its value is stored as bytes`);
  return content;
}

async function readInput(cli: Cli): Promise<Buffer> {
  const input = cli.stdin();
  if (input.isTTY === true) throw usageError("--file - reads standard input, and that is a terminal");
  const { readAll } = await import("../frame/value-input.ts");
  return Buffer.from(await readAll(input));
}

function readWhole(file: string): Buffer {
  try {
    return readBounded(file, { maxBytes: limits.requestBytes, pipe: "wait" });
  } catch (error) {
    throw new CliError(`cannot read ${file}: ${systemReason(error)}`);
  }
}

function nameOf(file: string): string {
  return file === "-" ? "standard input" : file;
}
