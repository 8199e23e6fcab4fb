import type { Command } from "commander";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";
import { type ApprovalOption, addApprovalOption, addExamples, addOutputOption, openService } from "../frame/options.ts";

interface PurgeOptions extends ApprovalOption {
  readonly oldVersions?: boolean;
  readonly output?: "text" | "json";
}

export function addPurgeCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("purge")
    .description("Delete removed secrets, or the old versions of secrets, for good: all of them, or none. Admins only.")
    .argument("<key...>", "keys of removed secrets; with --old-versions, of any secrets")
    .option("--old-versions", "delete only the old versions, and keep the current one of each")
    .action((keys: string[], options: PurgeOptions) => purgeSecrets(cli, command, keys, options));
  addApprovalOption(command);
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    "oo secret purge prod/OLD_TOKEN\noo secret purge prod/DATABASE_URL --old-versions --auto-approve",
  );
}

async function purgeSecrets(cli: Cli, command: Command, keys: string[], options: PurgeOptions): Promise<void> {
  const { oldVersions = false } = options;
  const { checkKey } = await import("../frame/resolve-key.ts");
  for (const key of keys) checkKey(key);
  if (new Set(keys).size < keys.length) throw usageError("a key is named twice");
  if (options.autoApprove !== true) {
    const { confirm } = await import("../frame/confirm.ts");
    const what = `${oldVersions ? "the old versions of " : ""}${keys.length === 1 ? keys[0] : `${keys.length} secrets`}`;
    await confirm(cli, `Delete ${what} for good?`, "nothing was purged");
  }
  const service = await openService(cli, command);
  const { purged } = await service.secrets.purgeSecrets({ keys, oldVersions });
  if (options.output === "json") {
    const { toJson } = await import("../frame/escape.ts");
    return cli.output.result(toJson(purged.map(({ key, version }) => ({ key, version }))));
  }
  for (const { key, version } of purged) {
    cli.output.result(
      oldVersions
        ? `purged the versions of ${key} before version ${version}\n`
        : `purged ${key} (last version ${version})\n`,
    );
  }
}
