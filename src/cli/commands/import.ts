import { randomUUID } from "node:crypto";
import { type Command, Option } from "commander";
import { limits } from "../../limits.ts";
import type { FileBatch } from "../files/file-batch.ts";
import { type ImportFormat, importFormats } from "../formats/import-file.ts";
import type { Imported, LeftOut } from "../formats/import-tree.ts";
import { type SecretInput, setList } from "../formats/secret-fields.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError } from "../frame/errors.ts";
import { checkNamespace, withNamespace } from "../frame/namespace.ts";
import { addExamples, addOutputOption, collect, collectNames, openService } from "../frame/options.ts";
import { readPairs } from "../frame/pairs.ts";

interface ImportOptions {
  readonly from?: ImportFormat;
  readonly namespace?: string;
  readonly readers?: readonly string[];
  readonly map?: readonly string[];
  readonly partial?: boolean;
  readonly dryRun?: boolean;
  readonly output?: "text" | "json";
}

export function addImportCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("import")
    .description(
      "Save the secrets of a file that another tool has written: all of them, or none. What cannot be taken is listed with the reason, and nothing is saved then.",
    )
    .argument("<file>", "the file; '-' for standard input")
    .addOption(
      new Option("--from <format>", "what has written it (default: guessed from the file)").choices([...importFormats]),
    )
    .option("-n, --namespace <namespace>", "prefix every key with this and '/', unless it already begins with them")
    .option("--readers <names>", "who may read the secrets: slugs and roles, separated by commas", collectNames)
    .option("--map <name=key>", "the key for a name in the file; may be given several times", collect)
    .option("--partial", "leave out what cannot be taken, and save the others")
    .option("--dry-run", "show what would be done, without values, and do nothing")
    .action((path: string, options: ImportOptions) => importFile(cli, command, path, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo secret import -n prod/web .env --dry-run
     kubectl get secret web -o yaml | oo secret import -n prod/web --readers web -
     vault kv get -format=json secret/web | oo secret import -n prod/web --from vault -
     sops decrypt prod.yaml | oo secret import -n prod --from sops -`,
  );
}

async function importFile(cli: Cli, command: Command, path: string, options: ImportOptions): Promise<void> {
  checkNamespace(options.namespace);
  const mapped = readPairs(options.map ?? [], "--map");
  const [{ readImport }, { readSource }] = await Promise.all([
    import("../formats/import-file.ts"),
    import("../files/read-source.ts"),
  ]);
  const name = path === "-" ? "standard input" : path;
  const { format, ...found } = readImport(name, await readSource(path, cli), options.from);
  if (options.from === undefined) cli.output.hint(`read as ${format}; --from says otherwise`);
  const { batch, leftOut } = await toBatch(found, mapped, options, name);
  reportLeftOut(cli, leftOut, options.partial === true);
  if (batch.secrets.length === 0) throw new CliError(`there is nothing to import in ${name}`);
  await send(cli, command, batch, options);
}

async function toBatch(
  { values, leftOut }: Imported,
  mapped: ReadonlyMap<string, string>,
  { namespace, readers = [] }: ImportOptions,
  file: string,
): Promise<{ readonly batch: FileBatch; readonly leftOut: readonly LeftOut[] }> {
  const { keyProblem } = await import("../../rules/secret-key.ts");
  const unknown = [...mapped.keys()].find((name) => !values.some((each) => each.name === name));
  if (unknown !== undefined) throw new CliError(`--map: there is no ${unknown} in ${file}`);
  const secrets: SecretInput[] = [];
  const places: string[] = [];
  const skipped = [...leftOut];
  for (const { name, value } of values) {
    const key = withNamespace(mapped.get(name) ?? name, namespace);
    const problem = keyProblem(key)?.rule;
    if (problem !== undefined) skipped.push({ name, why: `cannot be a key, which ${problem}: --map gives it another` });
    else if (secrets.some((each) => each.key === key)) skipped.push({ name, why: `would be ${key}, as another one` });
    else if (value.startsWith("seal.v1."))
      skipped.push({ name, why: "is a sealed value: `oo secret save` takes files of them" });
    else {
      const secret: SecretInput = { key, value };
      if (readers.length > 0) setList(secret, "readers", readers);
      secrets.push(secret);
      places.push(`${file}: ${name}`);
    }
  }
  if (secrets.length > limits.batchItems) {
    throw new CliError(`${file} holds ${secrets.length} secrets, and one import takes at most ${limits.batchItems}`);
  }
  return { batch: { secrets, places }, leftOut: skipped };
}

/** More names are not read by anyone. */
const namedMax = 20;

function reportLeftOut(cli: Cli, leftOut: readonly LeftOut[], isPartial: boolean): void {
  for (const { name, why } of leftOut.slice(0, namedMax)) cli.output.hint(`${name} ${why}`);
  if (leftOut.length > namedMax) cli.output.hint(`and ${leftOut.length - namedMax} more`);
  if (leftOut.length === 0 || isPartial) return;
  throw new CliError(`${leftOut.length} of the file cannot be taken, so nothing was imported`, [
    "--partial leaves them out",
  ]);
}

async function send(cli: Cli, command: Command, batch: FileBatch, options: ImportOptions): Promise<void> {
  const asJson = options.output === "json";
  const service = await openService(cli, command);
  try {
    if (options.dryRun === true) {
      const [{ planBatch }, { formatPlan }] = await Promise.all([
        import("../plan/plan-batch.ts"),
        import("../plan/plan-format.ts"),
      ]);
      const plan = await planBatch(service, batch, undefined);
      cli.output.result(await formatPlan(plan, asJson ? "json" : "table", cli.output));
      return;
    }
    const [{ withRetries }, { reportResults }] = await Promise.all([
      import("../frame/retry.ts"),
      import("../plan/save-results.ts"),
    ]);
    const request = { secrets: [...batch.secrets], idempotencyKey: `oo-import-${randomUUID()}` };
    const { results } = await withRetries(() => service.secrets.saveSecrets(request));
    reportResults(results, { isPlan: false, asJson, output: cli.output });
  } catch (error) {
    const { reportBatchFailure } = await import("../plan/batch-failure.ts");
    reportBatchFailure(error, cli, command, batch);
  }
}
