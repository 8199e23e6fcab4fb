import { CliError } from "../formats/cli-error.ts";
import { holdsTerminalCodes } from "./escape.ts";

/** Throws CliError for a text that a terminal would act on, where there is no other way to write it. */
export function refuseTerminalCodes(text: string, hint = "write it to a file, or to a pipe"): void {
  if (!holdsTerminalCodes(text)) return;
  throw new CliError("a value has characters that a terminal acts on", [hint]);
}
