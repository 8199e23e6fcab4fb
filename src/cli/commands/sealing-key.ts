import type { Command } from "commander";
import type { SealerOptions } from "../files/sealer.ts";
import type { Cli } from "../frame/cli.ts";
import { addExamples } from "../frame/options.ts";

export function addSealingKeyCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("sealing-key")
    .description(
      "Print the public key that values are sealed with, as a file for the option --sealing-key of the commands that seal.",
    )
    .option(
      "--tenant <tenant>",
      "tenant whose secrets will be sealed (default: yours; with this option, no token is needed)",
    )
    .action(async (options: SealerOptions) => {
      const { openSealer, formatSealer } = await import("../files/sealer.ts");
      cli.output.result(formatSealer(await openSealer(cli, command, options)));
    });
  addExamples(command, "oo secret sealing-key > sealing-key.json       # not a secret: commit it");
}

/** The options that choose what a command seals with. */
export function addSealerOptions(command: Command): Command {
  return command
    .option(
      "--sealing-key <file>",
      "seal with this public key, without a service or a token (see `oo secret sealing-key`)",
    )
    .option("--tenant <tenant>", "seal for this tenant (default: that of the --sealing-key, else yours)");
}
