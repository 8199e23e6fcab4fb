import { limits } from "../../limits.ts";
import { utf8Text } from "../formats/utf8-text.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError, usageError } from "../frame/errors.ts";

/** The text of a file of any name or, for `-`, of standard input. Throws CliError; the error quotes nothing of it. */
export async function readSource(path: string, cli: Pick<Cli, "stdin">): Promise<string> {
  if (path === "-") {
    const input = cli.stdin();
    if (input.isTTY) throw usageError("'-' needs something on standard input");
    const { readAll } = await import("../frame/value-input.ts");
    return decode(await readAll(input));
  }
  return (await import("./find-files.ts")).readTextFile(path);
}

function decode(bytes: Uint8Array): string {
  if (bytes.length === 0) throw new CliError("there is nothing on standard input");
  if (bytes.length > limits.requestBytes)
    throw new CliError(`standard input has more than ${limits.requestBytes} bytes`);
  return utf8Text(bytes, "standard input");
}
