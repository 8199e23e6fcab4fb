import { randomUUID } from "node:crypto";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { FileBatch } from "../files/file-batch.ts";
import type { SealerOptions } from "../files/sealer.ts";
import { type ImportFormat, importFormats } from "../formats/import-file.ts";
import type { LeftOut } from "../formats/import-tree.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { checkNamespace } from "../frame/namespace.ts";
import { addExamples, addOutputOption, collect, collectNames, openService } from "../frame/options.ts";
import { readPairs } from "../frame/pairs.ts";
import { addSealerOptions } from "./sealing-key.ts";

interface ImportOptions extends SealerOptions {
  /** A format, or the address of a live server. */
  readonly from?: string;
  readonly allVersions?: boolean;
  readonly seal?: string;
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
    .argument("[file]", "the file; '-' for standard input; not with --from vault://…")
    .addOption(
      new Option(
        "--from <format>",
        "what has written it (default: guessed from the file); or vault://HOST:PORT/MOUNT/PATH, to read a live server with the token in VAULT_TOKEN",
      )
        .choices([...importFormats])
        .argParser(parseFrom),
    )
    .option("-n, --namespace <namespace>", "prefix every key with this and '/', unless it already begins with them")
    .option("--readers <names>", "who may read the secrets: slugs and roles, separated by commas", collectNames)
    .option("--map <name=key>", "the key for a name in the file; may be given several times", collect)
    .option("--partial", "leave out what cannot be taken, and save the others")
    .option("--dry-run", "show what would be done, without values, and do nothing")
    .option(
      "--all-versions",
      "from a live server: also save the versions before the newest, as far as they are retained",
    )
    .option(
      "--seal <file|folder>",
      "save nothing: write a YAML file of sealed values for git, or a folder with one for each namespace",
    );
  addSealerOptions(command).action((path: string | undefined, options: ImportOptions) =>
    importFile(cli, command, path, options),
  );
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo secret import -n prod/web .env --dry-run
     kubectl get secret web -o yaml | oo secret import -n prod/web --readers web -
     vault kv get -format=json secret/web | oo secret import -n prod/web --from vault -
     sops decrypt prod.yaml | oo secret import -n prod --from sops -
     oo secret import -n prod --from vault://vault.example.com:8200/secret/web
     oo secret import -n prod --seal secrets/ .env`,
  );
}

function isFormat(text: string | undefined): text is ImportFormat {
  return importFormats.some((format) => format === text);
}

function parseFrom(text: string): string {
  if (isFormat(text) || /^(vault|openbao)(\+https?)?:\/\//.test(text)) return text;
  throw new InvalidArgumentError(`Allowed choices are ${importFormats.join(", ")}, vault://HOST:PORT/MOUNT/PATH.`);
}

async function importFile(cli: Cli, command: Command, path: string | undefined, options: ImportOptions): Promise<void> {
  checkNamespace(options.namespace);
  refuseWrongUse(path, options);
  const mapped = readPairs(options.map ?? [], "--map");
  const [{ name, latest, earlier }, { requireMapped, toImportBatch }] = await Promise.all([
    readAll(cli, path, options),
    import("../files/import-batch.ts"),
  ]);
  requireMapped(latest.values, mapped, name);
  const target = { mapped, namespace: options.namespace, readers: options.readers ?? [] };
  const { batch, leftOut } = toImportBatch(latest, target, name);
  reportLeftOut(cli, leftOut, options.partial === true);
  if (batch.secrets.length === 0) throw new CliError(`there is nothing to import in ${name}`);
  if (options.seal !== undefined) return seal(cli, command, batch, options.seal, options);
  if (earlier.length === 0) return send(cli, command, batch, options);
  // Only the last batch names readers: no one is shown an older value as if it were the present one.
  const rounds = earlier.map((round) => toImportBatch(round, { ...target, readers: [] }, name).batch);
  await sendVersions(cli, command, rounds, batch, options);
}

async function sendVersions(
  cli: Cli,
  command: Command,
  rounds: readonly FileBatch[],
  batch: FileBatch,
  options: ImportOptions,
): Promise<void> {
  const service = await openService(cli, command);
  const { planVersions, saveVersions } = await import("../plan/import-versions.ts");
  const plan = await planVersions(service, rounds, batch, cli.output);
  const older = plan.count === 1 ? "1 older value" : `${plan.count} older values`;
  if (options.dryRun === true) {
    await send(cli, command, batch, options);
    if (plan.count > 0) cli.output.hint(`${older} would be saved before, the oldest first`);
    return;
  }
  const [{ finishFirst }, { reportResults }] = await Promise.all([
    import("../frame/finish-first.ts"),
    import("../plan/save-results.ts"),
  ]);
  let current = batch;
  const onBatch = (each: FileBatch) => {
    current = each;
  };
  try {
    const save = () => saveVersions(service, plan, cli.output, onBatch);
    const results = await finishFirst(cli.output, "all versions are being saved", save);
    reportResults(results, { isPlan: false, asJson: options.output === "json", output: cli.output });
    if (plan.count > 0) cli.output.hint(`${older} saved before: oo secret history KEY`);
  } catch (error) {
    const { reportBatchFailure } = await import("../plan/batch-failure.ts");
    reportBatchFailure(error, cli, command, current);
    cli.output.hint("older values that were saved stay; the same command goes on after them");
  }
}

function refuseWrongUse(path: string | undefined, options: ImportOptions): void {
  const isLive = options.from !== undefined && !isFormat(options.from);
  if (isLive === (path !== undefined)) throw usageError("name either a file or --from vault://HOST:PORT/MOUNT/PATH");
  if (options.allVersions === true && (!isLive || options.seal !== undefined)) {
    throw usageError("--all-versions needs --from vault://…, and cannot be used with --seal");
  }
  if (options.seal !== undefined && (options.dryRun === true || options.output === "json")) {
    throw usageError("--seal saves nothing, so there is no plan: leave out --dry-run and -o");
  }
  if (options.seal === undefined && (options.sealingKey !== undefined || options.tenant !== undefined)) {
    throw usageError("--sealing-key and --tenant need --seal");
  }
}

/** The service retains as many, with the newest. */
const earlierVersions = 9;

async function readAll(cli: Cli, path: string | undefined, options: ImportOptions) {
  const { from } = options;
  if (path === undefined && from !== undefined) {
    const [{ openVault, parseVaultAddress }, { walkVault }, { withCount }] = await Promise.all([
      import("../files/vault-client.ts"),
      import("../files/walk-vault.ts"),
      import("../print/progress.ts"),
    ]);
    const address = parseVaultAddress(from, cli.env);
    if (from.includes("+http:")) cli.output.warning(`the token for ${address.origin} and all values go unencrypted`);
    let answers = 0;
    const walk = {
      earlierVersions: options.allVersions === true ? earlierVersions : 0,
      nowMs: cli.now,
      onRead: () => {
        answers += 1;
      },
    };
    const read = () => walkVault(openVault(address.origin, cli.env), address, walk);
    // A narrow terminal cuts the end.
    const walked = await withCount(cli.output, () => `read ${answers} answers of ${address.origin}`, read);
    return { name: `${address.origin}/${address.segments.join("/")}`, ...walked };
  }
  const [{ readImport }, { readSource }] = await Promise.all([
    import("../formats/import-file.ts"),
    import("../files/read-source.ts"),
  ]);
  const file = path ?? "-";
  const name = file === "-" ? "standard input" : file;
  const given = isFormat(from) ? from : undefined;
  const { format, ...latest } = readImport(name, await readSource(file, cli), given);
  if (given === undefined) cli.output.hint(`read as ${format}; --from says otherwise`);
  return { name, latest, earlier: [] };
}

async function seal(
  cli: Cli,
  command: Command,
  batch: FileBatch,
  target: string,
  options: SealerOptions,
): Promise<void> {
  const [{ openSealer }, { writeSealed }] = await Promise.all([
    import("../files/sealer.ts"),
    import("../files/write-sealed.ts"),
  ]);
  const paths = await writeSealed(await openSealer(cli, command, options), batch, target);
  cli.output.result(paths.map((path) => `Wrote ${path}.\n`).join(""));
}

/** More names are not read by anyone. */
const namedMax = 20;

function reportLeftOut(cli: Cli, leftOut: readonly LeftOut[], isPartial: boolean): void {
  for (const { name, why } of leftOut.slice(0, namedMax)) cli.output.warning(`${name} ${why}`);
  if (leftOut.length > namedMax) cli.output.warning(`and ${leftOut.length - namedMax} more`);
  if (leftOut.length === 0 || isPartial) return;
  const those = leftOut.length === 1 ? "one of the names" : `${leftOut.length} of the names`;
  throw new CliError(`${those} cannot be taken, so nothing was imported`, ["--partial leaves them out"]);
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
    const { withProgress } = await import("../print/progress.ts");
    const call = () => withRetries(() => service.secrets.saveSecrets(request));
    const { results } = await withProgress(cli.output, "importing", request.secrets.length, call);
    reportResults(results, { isPlan: false, asJson, output: cli.output });
  } catch (error) {
    const { reportBatchFailure } = await import("../plan/batch-failure.ts");
    reportBatchFailure(error, cli, command, batch);
  }
}
