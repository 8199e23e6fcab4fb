import type { Command } from "commander";
import type { Cli } from "../frame/cli.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { checkNamespace } from "../frame/namespace.ts";
import { addExamples, addOutputOption, openService } from "../frame/options.ts";
import type { Finding } from "../git/findings.ts";
import type { KnownValue } from "../git/needles.ts";
import { escapeForDisplay, toJson } from "../print/escape.ts";

interface ScanOptions {
  readonly staged?: boolean;
  readonly history: boolean;
  readonly namespace?: string;
  readonly output?: "text" | "json";
}

/** Of one file or version. A file with more is one to remove, not to read about. */
const matchesMax = 1000;

export function addScanCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("scan")
    .description(
      "Look for the values that you may read in files, and in the history of their git repository, also where they are encoded in base64, for URLs or for JSON. Shows the file, the line and the key, never the value. The values are read from the service, and the audit log has each read.",
    )
    .argument("[path]", "a file, or a folder with everything below it (default: this folder)")
    .option("--staged", "look only at what is staged for the next commit, for a pre-commit hook")
    .option("--no-history", "look only at the files, not at earlier versions in git")
    .option("-n, --namespace <namespace>", "only the secrets whose keys start with this and '/'")
    .action((path: string | undefined, options: ScanOptions) => scan(cli, command, path, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo secret scan
     oo secret scan --staged -n prod
     oo secret scan --no-history /var/log/app -o json`,
    "Exit codes: 0 nothing found, 1 something found or failed, 2 wrong usage.",
  );
}

async function scan(cli: Cli, command: Command, path: string | undefined, options: ScanOptions): Promise<void> {
  checkNamespace(options.namespace);
  if (options.staged === true && path !== undefined) throw usageError("--staged and a path cannot be used together");
  const values = await readValues(cli, command, options.namespace);
  const [{ createFinder, createScanner }, { charactersMin, needlesOf }] = await Promise.all([
    import("../git/find-values.ts"),
    import("../git/needles.ts"),
  ]);
  const long = values.filter(({ value }) => value.length >= charactersMin);
  if (long.length < values.length) {
    cli.output.hint(
      `${values.length - long.length} of ${values.length} values have fewer than ${charactersMin} characters, and are not looked for`,
    );
  }
  if (long.length === 0) throw new CliError("there are no values to look for that you may read");
  const scanner = createScanner(createFinder(long.flatMap(needlesOf)), matchesMax);
  const found: Finding[] = [];
  const report = (findings: readonly Finding[]) => void found.push(...findings);
  const started = performance.now();
  const bytes = await lookThrough(cli, path, options, scanner, report);
  const seconds = (performance.now() - started) / 1000;
  show(cli, found, options);
  const speed = `${megabytes(bytes)} MB in ${seconds.toFixed(1)} s, ${Math.round(bytes / 1e6 / Math.max(seconds, 0.001))} MB/s`;
  cli.output.hint(`looked for ${long.length} values in ${speed}`);
}

async function readValues(cli: Cli, command: Command, namespace: string | undefined): Promise<KnownValue[]> {
  const [{ SecretView }, { pageSize, readPages }] = await Promise.all([
    import("../../../gen/secret/v1/secret_service_pb.ts"),
    import("../frame/pages.ts"),
  ]);
  const service = await openService(cli, command);
  const request = { view: SecretView.FULL, pageSize, ...(namespace === undefined ? {} : { namespace }) };
  const values: KnownValue[] = [];
  for await (const page of readPages((pageToken) => service.secrets.listSecrets({ ...request, pageToken }))) {
    for (const { key } of page.errors)
      cli.output.warning(`the stored document of ${key} does not verify: not looked for`);
    for (const { key, value, valueBytes } of page.secrets) {
      const known = value ?? valueBytes;
      if (known !== undefined) values.push({ key, value: known });
    }
  }
  return values;
}

async function lookThrough(
  cli: Cli,
  path: string | undefined,
  { staged, history }: ScanOptions,
  scanner: ReturnType<typeof import("../git/find-values.ts").createScanner>,
  report: (findings: readonly Finding[]) => void,
): Promise<number> {
  const [{ scanFiles }, { scanHistory, scanStaged }, { isInRepository }, { createCounter }, { dirname }] =
    await Promise.all([
      import("../git/scan-files.ts"),
      import("../git/scan-history.ts"),
      import("../git/git.ts"),
      import("../print/progress.ts"),
      import("node:path"),
    ]);
  if (staged === true) return scanStaged(cli.env, scanner, report);
  const start = path ?? ".";
  const count = createCounter(cli.output);
  const progress = (bytes: number) => count(() => `looked through ${megabytes(bytes)} MB…`);
  const files = scanFiles(start, scanner, report, progress);
  for (const name of files.unreadable) cli.output.warning(`cannot read ${name}: it was left out`);
  const { isFolder } = await import("../files/find-files.ts");
  const folder = isFolder(start) ? start : dirname(start);
  if (!history || !isInRepository(cli.env, folder)) return files.bytes;
  return files.bytes + (await scanHistory(cli.env, folder, scanner, report, (bytes) => progress(files.bytes + bytes)));
}

function megabytes(bytes: number): string {
  return bytes < 10_000_000 ? (bytes / 1e6).toFixed(1) : String(Math.round(bytes / 1e6));
}

function show({ output }: Cli, found: readonly Finding[], options: ScanOptions): void {
  if (options.output === "json") output.result(toJson(found));
  else output.result(found.map((finding) => `${escapeForDisplay(toLine(finding))}\n`).join(""));
  if (found.length > 0) output.endWith(1);
}

function toLine({ commit, file, line, key, form }: Finding): string {
  const place = [commit, file, line].filter((part) => part !== undefined).join(":");
  return `${place}: ${key}${form === "plain" ? "" : ` (${form})`}`;
}
