import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import type { SaveResult, SecretVersion } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";
import { addExamples, addOutputOption, openService, parseCount } from "../frame/options.ts";
import { formatResult } from "../print/structured.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";

interface VersionsOptions {
  readonly show?: boolean;
  readonly version?: string;
  readonly output: TableFormat;
}

interface RestoreOptions {
  readonly version?: string;
  readonly ifVersion?: string;
  readonly output?: "text" | "json";
}

export function addVersionsCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("versions")
    .alias("history")
    .description(
      "Show who changed what in a secret and when, newest first. The last 10 versions are retained; those of a removed secret, for 30 days.",
    )
    .argument("<key>", "key of the secret")
    .option("--show", "show the values, which needs the right to read; each one is recorded in the audit log")
    .option("--version <number>", "only this version")
    .action((key: string, options: VersionsOptions) => listVersions(cli, command, key, options));
  addOutputOption(command, tableFormats);
  addExamples(
    command,
    `oo secret versions DATABASE_URL
     oo secret versions DATABASE_URL --version 3 --show
     oo secret versions DATABASE_URL -o json`,
  );
}

export function addRestoreCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("restore")
    .description(
      "Make the value of an old version the current one, as a new version. Brings a removed secret back, within 30 days.",
    )
    .argument("<key>", "key of the secret")
    .option("--version <number>", "the version to restore (required)")
    .option("--if-version <number>", "only if it is at this version now; 0: only if it is removed")
    .action((key: string, options: RestoreOptions) => restoreVersion(cli, command, key, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo secret restore DATABASE_URL --version 3
     oo secret restore DATABASE_URL --version 3 --if-version 5`,
  );
}

async function listVersions(cli: Cli, command: Command, key: string, options: VersionsOptions): Promise<void> {
  const version = options.version === undefined ? 0 : parseCount(options.version, "--version", 1);
  const showValues = options.show === true;
  const service = await openService(cli, command);
  const { resolveKeys } = await import("../frame/resolve-key.ts");
  const [resolved = key] = await resolveKeys([key], service, cli.output);
  const answer = await service.secrets.listVersions({ key: resolved, version, showValues });
  cli.output.result(await formatVersions(answer.versions, showValues, options.output, cli.output.columns));
  if (answer.versions.length === 0 && answer.brokenVersions.length === 0)
    cli.output.hint("that version is not retained");
  for (const broken of answer.brokenVersions) {
    cli.output.error(`version ${broken} of ${resolved} is left out: its stored document does not verify`);
  }
}

async function formatVersions(
  versions: readonly SecretVersion[],
  withValues: boolean,
  format: TableFormat,
  width: number | undefined,
): Promise<string> {
  const [{ enumName }, { SaveOutcome }, { toSecretJson }] = await Promise.all([
    import("../print/enum-name.ts"),
    import("../../../gen/secret/v1/secret_service_pb.ts"),
    import("../files/secret-json.ts"),
  ]);
  const outcomeOf = ({ outcome }: SecretVersion) => enumName(SaveOutcome, outcome);
  const shown = versions.map((version) => {
    const { secret, changedFields, listChanges } = version;
    const changes = listChanges.map(({ list, added, removed }) => ({ list, added, removed }));
    const change = { outcome: outcomeOf(version), changedFields, listChanges: changes };
    return { ...change, ...(secret === undefined ? {} : toSecretJson(secret)) };
  });
  return formatResult(format, shown, () => toVersionTable(versions, withValues, outcomeOf, width));
}

async function toVersionTable(
  versions: readonly SecretVersion[],
  withValues: boolean,
  outcomeOf: (version: SecretVersion) => string,
  width: number | undefined,
): Promise<string> {
  const [{ tableValue, secretValueOf }, { formatTable }, { timeText }, { describeChanges }] = await Promise.all([
    import("../print/shown-value.ts"),
    import("../print/table.ts"),
    import("../print/timestamp.ts"),
    import("../plan/save-results.ts"),
  ]);
  const header = ["VERSION", "TIME", "BY", "OUTCOME", "CHANGES", ...(withValues ? ["VALUE"] : [])];
  const rows = versions.map((version) => [
    String(version.secret?.version ?? 0),
    timeText(version.secret?.updatedAt) ?? "",
    version.secret?.updatedBy ?? "",
    outcomeOf(version).toLowerCase(),
    describeChanges(version),
    ...(withValues ? [tableValue((version.secret && secretValueOf(version.secret)) ?? "")] : []),
  ]);
  return versions.length === 0 ? "" : formatTable(header, rows, true, width);
}

async function restoreVersion(cli: Cli, command: Command, key: string, options: RestoreOptions): Promise<void> {
  if (options.version === undefined) {
    throw usageError("name the version to restore with --version", "oo secret versions KEY lists the retained ones");
  }
  const version = parseCount(options.version, "--version", 1);
  const ifVersion = options.ifVersion === undefined ? undefined : parseCount(options.ifVersion, "--if-version");
  const service = await openService(cli, command);
  const [{ resolveKeys }, { withRetries }] = await Promise.all([
    import("../frame/resolve-key.ts"),
    import("../frame/retry.ts"),
  ]);
  const [resolved = key] = await resolveKeys([key], service, cli.output);
  const guard = ifVersion === undefined ? {} : { ifVersion };
  const request = { key: resolved, version, ...guard, idempotencyKey: `oo-restore-${randomUUID()}` };
  const { result } = await withRetries(() => service.secrets.restoreVersion(request));
  if (result !== undefined) await reportRestored(cli, result, version, options.output);
}

/** Reports that the value of `version` is the current one now. */
export async function reportRestored(
  cli: Cli,
  result: SaveResult,
  version: number,
  output: "text" | "json" | undefined,
): Promise<void> {
  const [{ SaveOutcome }, { toResultJson }, { escapeForDisplay, toJson }] = await Promise.all([
    import("../../../gen/secret/v1/secret_service_pb.ts"),
    import("../plan/save-results.ts"),
    import("../print/escape.ts"),
  ]);
  if (output === "json") return cli.output.result(toJson(toResultJson(result)));
  const verb = result.outcome === SaveOutcome.UNCHANGED ? "unchanged" : "restored";
  const key = escapeForDisplay(result.key);
  cli.output.result(`${verb} ${key} (version ${result.version}): the value of version ${version}\n`);
}
