import type { Command } from "commander";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";
import {
  type ApprovalOption,
  addApprovalOption,
  addExamples,
  addOutputOption,
  collect,
  openService,
  parseCount,
} from "../frame/options.ts";

interface PurgeOptions extends ApprovalOption {
  readonly oldVersions?: boolean;
  readonly version?: readonly string[];
  readonly output?: "text" | "json";
}

export function addPurgeCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("purge")
    .description("Delete removed secrets, or old versions of secrets, for good: all of them, or none. Admins only.")
    .argument("<key...>", "keys of removed secrets; with --old-versions, of any secrets; with --version, of one")
    .option("--old-versions", "delete only the old versions, and keep the current one of each")
    .option("--version <number>", "delete only this version, and those with the same value (may be repeated)", collect)
    .action((keys: string[], options: PurgeOptions) => purgeSecrets(cli, command, keys, options));
  addApprovalOption(command);
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo secret purge prod/OLD_TOKEN
     oo secret purge prod/DATABASE_URL --old-versions --auto-approve
     oo secret purge prod/DATABASE_URL --version 2 --version 3`,
  );
}

async function purgeSecrets(cli: Cli, command: Command, keys: string[], options: PurgeOptions): Promise<void> {
  const { oldVersions = false } = options;
  const { checkKey } = await import("../frame/resolve-key.ts");
  for (const key of keys) checkKey(key);
  if (new Set(keys).size < keys.length) throw usageError("a key is named twice");
  const versions = versionsOf(keys, options);
  if (options.autoApprove !== true) {
    const { confirm } = await import("../frame/confirm.ts");
    await confirm(cli, `Delete ${whatOf(keys, oldVersions, versions)} for good?`, "nothing was purged");
  }
  const service = await openService(cli, command);
  const { purged } = await service.secrets.purgeSecrets({ keys, oldVersions, versions });
  if (options.output === "json") {
    const { toJson } = await import("../print/escape.ts");
    return cli.output.result(toJson(purged.map(({ key, version }) => ({ key, version }))));
  }
  for (const { key, version } of purged) cli.output.result(`${lineOf(key, version, oldVersions, versions)}\n`);
}

function versionsOf(keys: readonly string[], options: PurgeOptions): number[] {
  if (options.version === undefined) return [];
  if (options.oldVersions === true) throw usageError("--old-versions and --version exclude each other");
  if (keys.length > 1) throw usageError(`--version is for one key, and there are ${keys.length}`);
  return [...new Set(options.version.map((text) => parseCount(text, "--version", 1)))];
}

function whatOf(keys: readonly string[], oldVersions: boolean, versions: readonly number[]): string {
  const names = keys.length === 1 ? keys[0] : `${keys.length} secrets`;
  if (versions.length > 0) return `${numbered(versions)} of ${names}`;
  return `${oldVersions ? "the old versions of " : ""}${names}`;
}

function lineOf(key: string, version: number, oldVersions: boolean, versions: readonly number[]): string {
  if (versions.length > 0) return `purged ${numbered(versions)} of ${key}`;
  return oldVersions
    ? `purged the versions of ${key} before version ${version}`
    : `purged ${key} (last version ${version})`;
}

function numbered(versions: readonly number[]): string {
  return `version${versions.length === 1 ? "" : "s"} ${versions.join(", ")}`;
}
