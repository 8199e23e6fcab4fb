import type { Command } from "commander";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";
import { addExamples, addOutputOption, collect, openService } from "../frame/options.ts";

interface RemoveOptions {
  readonly key?: readonly string[];
  readonly id?: readonly string[];
  readonly output?: string;
}

export function addRemoveCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("remove")
    .description(
      "Remove secrets by key or by id: all of them, or none. Saving a removed key again continues its version numbers.",
    )
    .option("--key <key>", "key of a secret to remove; may be given several times", collect)
    .option("--id <id>", "id of a secret to remove; may be given several times", collect)
    .action((options: RemoveOptions) => removeSecrets(cli, command, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo secret remove --key DATABASE_URL
     oo secret remove --key DB_USER --key DB_PASS
     oo secret remove --id secr_abc123`,
  );
}

export function addRmCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("rm")
    .description("Remove secrets by key: all of them, or none. `oo secret restore` brings one back, for 30 days.")
    .argument("<key...>", "keys of the secrets to remove")
    .action((key: readonly string[], options: RemoveOptions) => removeSecrets(cli, command, { ...options, key }));
  addOutputOption(command, ["text", "json"]);
  addExamples(command, "oo secret rm DATABASE_URL\noo secret rm prod/DB_USER prod/DB_PASS");
}

async function removeSecrets(cli: Cli, command: Command, options: RemoveOptions): Promise<void> {
  const { key: keys = [], id: ids = [] } = options;
  if (keys.length === 0 && ids.length === 0) throw usageError("name what to remove with --key or --id");
  if (keys.length > 0 && ids.length > 0) throw usageError("--key and --id cannot be used together");
  const service = await openService(cli, command);
  const { resolveKeys } = await import("../frame/resolve-key.ts");
  const { removed } = await service.secrets.removeSecrets({
    keys: await resolveKeys(keys, service, cli.output),
    ids: [...ids],
  });
  if (options.output === "json") {
    const { toJson } = await import("../print/escape.ts");
    cli.output.result(toJson(removed.map(({ key, id, version }) => ({ key, id, version }))));
    return;
  }
  const { escapeForDisplay } = await import("../print/escape.ts");
  for (const { key, version } of removed) {
    cli.output.result(`removed ${escapeForDisplay(key)} (version ${version})\n`);
  }
}
