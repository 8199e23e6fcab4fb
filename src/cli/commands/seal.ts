import type { Command } from "commander";
import type { SealOptions } from "../files/seal-files.ts";
import type { Cli } from "../frame/cli.ts";
import { addExamples } from "../frame/options.ts";
import { addSealerOptions } from "./sealing-key.ts";

export function addSealCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("seal")
    .description(
      "Seal the plain values of a YAML file, or of the files of a folder, in place. Adds `encrypted: true` and updates checksums. Everything else stays as it is, byte for byte: comments, order, and values that are already sealed.",
    )
    .argument("<file|folder>", "YAML file, or folder of *.yaml and *.yml files, to change")
    .option("-n, --namespace <namespace>", "seal for keys with this and '/' before them, as in `oo secret save -n`");
  addSealerOptions(command).action(async (path: string, options: SealOptions) => {
    const { sealFiles } = await import("../files/seal-files.ts");
    await sealFiles(cli, command, path, options);
  });
  addExamples(
    command,
    `oo secret seal secrets/production.yaml
     oo secret seal --sealing-key sealing-key.json secrets/`,
  );
}
