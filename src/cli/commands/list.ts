import { type Command, Option } from "commander";
import type { Folder, Secret, SecretError } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";
import { checkNamespace } from "../frame/namespace.ts";
import { addExamples, addOutputOption, openService } from "../frame/options.ts";
import { pageSize, readPages } from "../frame/pages.ts";
import { listedStates } from "../print/states.ts";
import { formatResult } from "../print/structured.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";
import { durationOf } from "../print/timestamp.ts";

interface ListOptions {
  readonly show?: boolean;
  readonly namespace?: string;
  readonly state?: keyof typeof listedStates;
  readonly within?: string;
  readonly folder?: string | true;
  readonly removed?: boolean;
  readonly text?: string;
  readonly output?: TableFormat;
  readonly header: boolean;
}

export function addListCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("list")
    .alias("ls")
    .description(
      "List the secrets that you can see, with masked values. With --show, list those that you may read, with their values.",
    )
    .argument("[pattern]", "only keys that contain this; with a '*' in it, only keys that match it as a whole")
    .option("--show", "show the values, as YAML that `oo secret save` reads back")
    .option("-n, --namespace <namespace>", "only keys that start with this and '/'")
    .addOption(new Option("--state <state>", "only secrets in this state").choices(Object.keys(listedStates)))
    .option(
      "--within <duration>",
      "with --state expiring: how soon, as a number and s, m, h, d or w, such as 30d (default: 14d)",
    )
    .option(
      "--folder [path]",
      "only what is directly in this folder, with the folders in it and their numbers of secrets",
    )
    .option("--removed", "removed secrets that you may bring back, in place of the others")
    .option("--text <text>", "only secrets with this text in the key, the owner or the metadata")
    .option("--no-header", "leave out the first line of the table")
    .action((pattern: string | undefined, options: ListOptions) => listSecrets(cli, command, pattern, options));
  addOutputOption(command, tableFormats, "table, with --show yaml");
  addExamples(
    command,
    `oo secret list
     oo secret list DATABASE
     oo secret list 'payment-svc/*_KEY' -o json
     oo secret list --namespace production --show
     oo secret list --state expiring --within 30d
     oo secret list --folder production
     oo secret list --removed
     oo secret list --show > backup.yaml && oo secret save backup.yaml`,
  );
}

async function listSecrets(
  cli: Cli,
  command: Command,
  pattern: string | undefined,
  options: ListOptions,
): Promise<void> {
  const { output } = cli;
  checkNamespace(options.namespace);
  const within = await withinOf(options);
  const service = await openService(cli, command);
  const { SecretState, SecretView } = await import("../../../gen/secret/v1/secret_service_pb.ts");
  const { Reason } = await import("../../../gen/secret/v1/error_pb.ts");
  const request = {
    keyPattern: pattern ?? "",
    namespace: options.namespace ?? "",
    state: SecretState[options.state === undefined ? "UNSPECIFIED" : listedStates[options.state]],
    ...within,
    ...(options.folder === undefined ? {} : { folder: folderOf(options.folder) }),
    removed: options.removed === true,
    text: options.text ?? "",
    view: options.show ? SecretView.FULL : SecretView.METADATA,
    pageSize,
  };
  const secrets: Secret[] = [];
  const folders: Folder[] = [];
  const failed: SecretError[] = [];
  for await (const page of readPages((pageToken) => service.secrets.listSecrets({ ...request, pageToken }))) {
    secrets.push(...page.secrets);
    folders.push(...page.folders);
    failed.push(...page.errors);
    if (page.nextPageToken !== "") output.progress(`listed ${secrets.length} secrets…`);
  }
  output.result(await formatSecrets(secrets, folders, options, output.columns));
  if (options.show) (await import("../print/due-warnings.ts")).warnOfDue(output, secrets);
  if (secrets.length === 0 && folders.every((each) => each.secrets === 0))
    output.hint("no secret that you can see matches");
  for (const { key, reason } of failed) {
    const why = reason === Reason.INTEGRITY ? "its stored document does not verify" : "it cannot be shown";
    output.error(`${key} is left out: ${why}`);
  }
}

async function withinOf({ state, within }: ListOptions) {
  if (within === undefined) return {};
  if (state !== "expiring") throw usageError("--within needs --state expiring");
  const { parseDuration } = await import("../frame/duration.ts");
  return { within: durationOf(parseDuration(within, "--within")) };
}

/** Without a path it is the root. A "/" at the end is how shells complete folders. */
function folderOf(folder: string | true): string {
  return folder === true ? "" : folder.replace(/\/$/, "");
}

async function formatSecrets(
  secrets: readonly Secret[],
  folders: readonly Folder[],
  options: ListOptions,
  width: number | undefined,
): Promise<string> {
  const withValues = options.show === true;
  const format = options.output ?? (withValues ? "yaml" : "table");
  // JSON has all fields. YAML has only those that `save` takes.
  if (format === "yaml") return (await import("../files/secret-yaml.ts")).toSecretYaml(secrets, withValues);
  const plain = format === "json" ? secrets.map((await import("../files/secret-json.ts")).toSecretJson) : [];
  if (options.folder !== undefined) {
    const { toFolderJson, toFolderTable } = await import("../print/folder-table.ts");
    if (format === "json")
      return formatResult(format, { folders: folders.map(toFolderJson), secrets: plain }, () => "");
    return toFolderTable(folders, secrets, options.header, width);
  }
  return formatResult(format, plain, async () => {
    return secrets.length === 0
      ? ""
      : (await import("../print/secret-table.ts")).toSecretTable(secrets, options.header, width, options.removed);
  });
}
