import { type Command, Option } from "commander";
import { slugProblem } from "../../rules/secret-key.ts";
import { type Complaint, type FileRule, fileRules } from "../formats/file-error.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { checkNamespace } from "../frame/namespace.ts";
import { addExamples, addOutputOption, collect } from "../frame/options.ts";
import { escapeForDisplay, toJson } from "../print/escape.ts";

interface LintOptions {
  readonly namespace?: string;
  readonly tenant?: string;
  readonly sealingKey?: string;
  readonly allowPlain?: boolean;
  readonly allow?: readonly FileRule[];
  readonly hook?: boolean;
  readonly installHook?: boolean;
  readonly textconv?: boolean;
  readonly output?: "text" | "json";
}

export function addLintCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("lint")
    .description("Check files of secrets without a service, a token or a key: for a pre-commit hook or a pull request.")
    .argument("<file|folder...>", "YAML files, and folders of *.yaml and *.yml files")
    .option("-n, --namespace <namespace>", "the files are saved with this namespace, as in `oo secret save -n`")
    .option("--tenant <tenant>", "values must be sealed for this tenant (default: that of the --sealing-key, else any)")
    .option(
      "--sealing-key <file>",
      "values must be sealed with this key, and for its tenant (see `oo secret sealing-key`)",
    )
    .option("--allow-plain", "values need not be sealed")
    .addOption(
      new Option("--allow <rule>", "ignore this rule; may be given several times")
        .choices(fileRules)
        .argParser(collect),
    )
    .option("--hook", "check what is staged for the next commit: what a pre-commit hook calls")
    .option(
      "--install-hook",
      "check nothing: make this, with the same options, the pre-commit hook of this clone, and have `git diff` show the names that changed, never values",
    )
    .option("--textconv", "check nothing: print the names in one file without its values, as git asks for a diff")
    .action((paths: readonly string[], options: LintOptions) => run(cli, paths, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo secret lint secrets/
     oo secret lint --sealing-key sealing-key.json secrets/ -o json
     oo secret lint --allow-plain --allow empty-list development.yaml
     oo secret lint --install-hook --sealing-key sealing-key.json secrets/`,
    "Exit codes: 0 nothing found, 1 something found or failed, 2 wrong usage.",
  );
}

async function run(cli: Cli, paths: readonly string[], options: LintOptions): Promise<void> {
  const modes = [options.hook, options.installHook, options.textconv].filter((mode) => mode === true);
  if (modes.length > 1) throw usageError("--hook, --install-hook and --textconv cannot be used together");
  if (options.textconv === true) return printNames(cli, paths);
  if (options.installHook === true) return install(cli, paths, options);
  return lint(cli, paths, options);
}

async function printNames(cli: Cli, [path = "", ...others]: readonly string[]): Promise<void> {
  if (others.length > 0) throw usageError("--textconv takes one file");
  const [{ namesForDiff }, { readCloneKey }, { readTextFile }] = await Promise.all([
    import("../git/names-for-diff.ts"),
    import("../git/install-hook.ts"),
    import("../files/find-files.ts"),
  ]);
  cli.output.result(namesForDiff(readTextFile(path), readCloneKey(cli.env)));
}

async function install(cli: Cli, paths: readonly string[], options: LintOptions): Promise<void> {
  checkNamespace(options.namespace);
  await readExpectation(options);
  const { namespace, tenant, allowPlain, allow = [], sealingKey } = options;
  const { installHook } = await import("../git/install-hook.ts");
  const passedOn = [
    ...(namespace === undefined ? [] : ["-n", namespace]),
    ...(tenant === undefined ? [] : ["--tenant", tenant]),
    ...(allowPlain === true ? ["--allow-plain"] : []),
    ...allow.flatMap((rule) => ["--allow", rule]),
  ];
  const { hook, attributes } = await installHook(cli.env, paths, passedOn, sealingKey);
  cli.output.result(`Wrote ${hook}.\n`);
  cli.output.hint(`\`git diff\` now shows names in place of values; commit ${attributes}, which says of which files`);
}

async function lint(cli: Cli, paths: readonly string[], options: LintOptions): Promise<void> {
  const { output } = cli;
  const { allow = [], allowPlain = false, namespace } = options;
  checkNamespace(namespace);
  const unknown = allow.find((rule) => !fileRules.includes(rule));
  if (unknown !== undefined) throw usageError(`--allow must be one of ${fileRules.join(", ")}`);
  const [{ lintFiles }, { readYamlFiles }] = await Promise.all([
    import("../files/lint-files.ts"),
    import("../files/find-files.ts"),
  ]);
  const expected = await readExpectation(options);
  const isHook = options.hook === true;
  const files = isHook
    ? await (await import("../git/staged-files.ts")).readStagedFiles(cli.env, paths)
    : paths.flatMap((path) => readYamlFiles(path, output));
  if (files.length === 0 && !isHook) throw new CliError(`there are no *.yaml or *.yml files in ${paths.join(" ")}`);
  const isShown = ({ rule }: Complaint) => !allow.includes(rule) && !(allowPlain && rule === "plain-value");
  const found = lintFiles(files, namespace, expected).filter(isShown);
  if (options.output === "json") {
    output.result(toJson(found.map(({ problem, ...place }) => ({ ...place, message: problem }))));
  } else {
    output.result(found.map((each) => `${escapeForDisplay(toLine(each))}\n`).join(""));
  }
  if (found.length > 0) output.endWith(1);
}

function toLine({ file, line, column, rule, problem }: Complaint): string {
  return `${file}:${line}:${column}: ${rule}: ${problem}`;
}

async function readExpectation({ tenant, sealingKey }: LintOptions) {
  const problem = tenant === undefined ? undefined : slugProblem(tenant);
  if (problem !== undefined) throw usageError(`--tenant ${problem.rule}`);
  if (sealingKey === undefined) return { tenant, kid: undefined };
  const { readSealingKeyFile } = await import("../files/sealer.ts");
  const key = readSealingKeyFile(sealingKey);
  if (tenant !== undefined && key.tenant !== undefined && tenant !== key.tenant) {
    throw usageError(`--tenant is ${tenant}, but ${sealingKey} is for the tenant ${key.tenant}`);
  }
  return { tenant: tenant ?? key.tenant, kid: key.kid };
}
