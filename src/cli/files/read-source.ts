import { limits } from "../../limits.ts";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";

/** The text of a file of any name or, for `-`, of standard input. Throws CliError; the error quotes nothing of it. */
export async function readSource(path: string, cli: Pick<Cli, "stdin">): Promise<string> {
  if (path === "-") {
    const input = cli.stdin();
    if (input.isTTY) throw usageError("'-' needs something on standard input");
    const { readText } = await import("../frame/value-input.ts");
    return readText(input, limits.requestBytes);
  }
  return (await import("./find-files.ts")).readTextFile(path);
}
