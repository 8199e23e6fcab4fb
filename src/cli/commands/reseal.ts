import type { Command } from "commander";
import type { ResealOptions } from "../files/reseal-files.ts";
import type { Cli } from "../frame/cli.ts";
import { addExamples } from "../frame/options.ts";

export function addResealCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("reseal")
    .description(
      "Reseal the sealed values in files, in place, where needed: when the service has a new sealing key, or a key has been renamed. The service opens the values for users who may read them.",
    )
    .argument("<file|folder>", "YAML file, or folder of *.yaml and *.yml files, to change")
    .option("-n, --namespace <namespace>", "seal for keys with this and '/' before them, as in `oo secret save -n`")
    .action(async (path: string, options: ResealOptions) => {
      const { resealFiles } = await import("../files/reseal-files.ts");
      await resealFiles(cli, command, path, options);
    });
  addExamples(command, "oo secret reseal secrets/");
}
