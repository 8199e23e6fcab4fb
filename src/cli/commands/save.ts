import type { Command } from "commander";
import type { SaveResult } from "../../../gen/secret/v1/secret_service_pb.ts";
import { type AccessListName, accessListNames, accessListOptions } from "../../text/access-list-names.ts";
import type { FileBatch } from "../files/file-batch.ts";
import type { SealerOptions } from "../files/sealer.ts";
import { type SecretInput, setList, setMetadata } from "../formats/secret-fields.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { checkNamespace, withNamespace } from "../frame/namespace.ts";
import { addExamples, addOutputOption, collect, collectNames, openService, parseCount } from "../frame/options.ts";
import { readPairs } from "../frame/pairs.ts";
import { addSealerOptions } from "./sealing-key.ts";

interface SaveOptions extends SealerOptions, Readonly<Partial<Record<AccessListName, readonly string[]>>> {
  readonly key?: boolean;
  readonly file?: string;
  readonly namespace?: string;
  readonly metadata?: readonly string[];
  readonly owner?: string;
  readonly ifVersion?: string;
  readonly bytes?: boolean;
  readonly keepValue?: boolean;
  readonly dryRun?: boolean;
  readonly explainAccess?: boolean;
  readonly output?: "text" | "json";
}

export function addSaveCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("save")
    .alias("set")
    .description(
      "Create or change secrets: one by key, or all those of a YAML file or folder. All of them are stored, or none. Anything not given stays as it is.",
    )
    .argument("<key|file|folder>", "a path if it ends in .yaml or .yml or is a folder, else a key")
    .argument(
      "[value]",
      "the value; '-' or nothing: read it from standard input or, on a terminal, ask for it without echo. With options that change something else and no value, the stored value stays",
    )
    .option("--key", "the first argument is a key, whatever it looks like")
    .option("-n, --namespace <namespace>", "prefix every key with this and '/', unless it already begins with them")
    .option(
      "--file <file>",
      "the value is what this file holds: text, or bytes if it is not text; '-' is standard input. With a YAML file: seal the value into its entry there, and save nothing in the service",
    );
  addSealerOptions(command);
  for (const { list, flag, about } of accessListOptions) {
    const names = list === "readers" ? ": slugs and roles, separated by commas; '' for none" : "";
    command.option(`${flag} <names>`, `${about}${names}`, collectNames);
  }
  command
    .option(
      "--metadata <name=text>",
      "metadata; replaces all existing metadata; may be given several times; '' removes it",
      collect,
    )
    .option("--owner <slug>", "the owner (admins only)")
    .option("--if-version <number>", "save only if the secret is at this version (0: only if it does not exist)")
    .option("--bytes", "with --file: store bytes, even if they are text")
    .option("--keep-value", "change the rest and leave the stored value as it is")
    .option("--dry-run", "show what would be done, and do nothing")
    .option("--explain-access", "with --dry-run: also show who would gain and who would lose which right")
    .action((target: string, value: string | undefined, options: SaveOptions) =>
      save(cli, command, target, value, options),
    );
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo secret save DATABASE_URL                     # asks for the value
     printf %s "$URL" | oo secret save DATABASE_URL -
     oo secret save tls/CERTIFICATE < cert.pem
     oo secret save tls/CERTIFICATE --file cert.p12
     oo secret save DATABASE_URL --readers api-svc,worker-svc    # the value stays
     oo secret save application-secrets.yaml --dry-run
     oo secret save DATABASE_URL --keep-value --readers sre --dry-run --explain-access
     oo secret save --namespace production secrets/production/
     oo secret set --file prod.yaml prod/DATABASE_URL            # one value of a sealed file`,
  );
}

async function save(
  cli: Cli,
  command: Command,
  target: string,
  value: string | undefined,
  options: SaveOptions,
): Promise<void> {
  checkNamespace(options.namespace);
  if (options.bytes === true && options.file === undefined) throw usageError("--bytes needs --file");
  if (options.explainAccess === true && options.dryRun !== true) throw usageError("--explain-access needs --dry-run");
  const { hasYamlName, isFolder, isThere } = await import("../files/find-files.ts");
  if (options.file !== undefined && hasYamlName(options.file)) {
    return saveInFile(cli, command, target, value, options);
  }
  if (options.sealingKey !== undefined || options.tenant !== undefined) {
    throw usageError("--sealing-key and --tenant need --file: the service seals nothing that it stores");
  }
  const isPath = options.key !== true && options.file === undefined && (hasYamlName(target) || isFolder(target));
  if (isPath) {
    if (value !== undefined) throw usageError("a file or folder takes no value", "for a key of that name use --key");
    refuseKeyOptions(options);
    if (!isThere(target)) throw new CliError(`there is no file ${target}`, ["for a key of that name use --key"]);
    const { readFileBatch } = await import("../files/file-batch.ts");
    return send(cli, command, readFileBatch(target, options.namespace, cli.output), options);
  }
  const { checkKey, resolveKeys } = await import("../frame/resolve-key.ts");
  if (options.key !== true) await refuseUnlikely(cli, target, value);
  const asked = withNamespace(target, options.namespace);
  checkKey(asked);
  const fields = readFields(options);
  const staysAsIs = keepsValue(value, options);
  const { isAsked, readValue } = await import("../frame/value-input.ts");
  // A value that is given is checked before anything is sent. A question names the key that it is for.
  const mustAsk = !staysAsIs && options.file === undefined && isAsked(value, cli);
  if (options.file !== undefined) Object.assign(fields, await readFileFields(cli, options.file, options));
  else if (!staysAsIs && !mustAsk) fields.value = await readValue(value, cli);
  const service = await openService(cli, command);
  const [key = asked] = await resolveKeys([asked], service, cli.output);
  if (mustAsk) fields.value = await readValue(value, cli, key);
  if (staysAsIs && options.keepValue !== true) {
    cli.output.hint(
      "the value stays as it is; '-' reads a new one from standard input, and without options you are asked",
    );
  }
  return send(cli, command, { secrets: [{ ...fields, key }], places: [] }, options);
}

async function readFileFields(cli: Cli, file: string, { bytes = false }: SaveOptions): Promise<SecretInput> {
  const { readValueFile } = await import("../files/value-file.ts");
  const value = await readValueFile(cli, { file, bytes });
  return typeof value === "string" ? { value } : { valueBytes: value };
}

async function saveInFile(
  cli: Cli,
  command: Command,
  key: string,
  value: string | undefined,
  { file = "", namespace, sealingKey, tenant, output: _, ...others }: SaveOptions,
): Promise<void> {
  if (Object.values(others).some((option) => option !== undefined)) {
    throw usageError("--file changes only the value: lists, metadata and owner are edited in the file");
  }
  const { setInFile } = await import("../files/set-in-file.ts");
  const { checkKey } = await import("../frame/resolve-key.ts");
  checkKey(withNamespace(key, namespace));
  const sealing = { ...(sealingKey === undefined ? {} : { sealingKey }), ...(tenant === undefined ? {} : { tenant }) };
  await setInFile(cli, command, key, value, { file, ...(namespace === undefined ? {} : { namespace }), ...sealing });
}

async function refuseUnlikely(cli: Cli, target: string, value: string | undefined): Promise<void> {
  if (target.endsWith("/")) throw new CliError(`there is no folder ${target}`);
  const { fileValueHint, refuseUnlikelyKey } = await import("../files/key-argument.ts");
  refuseUnlikelyKey(target, value, "oo secret save");
  const hint = value === undefined ? undefined : fileValueHint(value);
  if (hint !== undefined) cli.output.hint(hint);
}

/** Whether only the rest changes. A change of lists or metadata does not need the value, and asks for none. */
function keepsValue(value: string | undefined, options: SaveOptions): boolean {
  if (options.keepValue === true && value !== undefined) {
    throw usageError("--keep-value and a value cannot be used together");
  }
  if (options.file !== undefined) {
    if (value !== undefined) throw usageError("--file and a value cannot be used together");
    if (options.keepValue === true) throw usageError("--file and --keep-value cannot be used together");
    return false;
  }
  const { owner, metadata } = options;
  const changed = [owner, metadata, ...accessListNames.map((name) => options[name])];
  return options.keepValue === true || (value === undefined && changed.some((option) => option !== undefined));
}

function refuseKeyOptions(options: SaveOptions): void {
  const { owner, metadata, ifVersion, keepValue } = options;
  const given = [owner, metadata, ifVersion, keepValue, ...accessListNames.map((name) => options[name])];
  if (given.some((option) => option !== undefined)) {
    throw usageError(
      "with a file or folder, lists, metadata, owner and version are set in the files; --keep-value cannot be used",
    );
  }
}

function readFields(options: SaveOptions): SecretInput {
  const input: SecretInput = {};
  for (const name of accessListNames) {
    const entries = options[name];
    if (entries !== undefined) setList(input, name, entries);
  }
  if (options.metadata !== undefined) setMetadata(input, readPairs(options.metadata, "--metadata"));
  if (options.owner !== undefined) input.owner = options.owner;
  if (options.ifVersion !== undefined) input.ifVersion = parseCount(options.ifVersion, "--if-version");
  return input;
}

async function send(cli: Cli, command: Command, batch: FileBatch, options: SaveOptions): Promise<void> {
  if (batch.secrets.length === 0) return;
  const { output } = cli;
  const service = await openService(cli, command);
  const isPlan = options.dryRun === true;
  const [{ reportResults }, { withProgress }] = await Promise.all([
    import("../plan/save-results.ts"),
    import("../print/progress.ts"),
  ]);
  let results: readonly SaveResult[];
  try {
    const explainAccess = options.explainAccess === true;
    const request = { secrets: [...batch.secrets], validateOnly: isPlan, explainAccess };
    const call = () => service.secrets.saveSecrets(request);
    ({ results } = await withProgress(output, "saving", batch.secrets.length, call));
  } catch (error) {
    const { reportBatchFailure } = await import("../plan/batch-failure.ts");
    return reportBatchFailure(error, cli, command, batch);
  }
  reportResults(results, { isPlan, asJson: options.output === "json", output });
}
