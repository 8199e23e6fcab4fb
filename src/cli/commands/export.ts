import { type Command, Option } from "commander";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";
import { addExamples } from "../frame/options.ts";
import type { ExportFormat } from "../run/export-formats.ts";
import { addSelectionOptions, readSelection, refuseProblems, type SelectionOptions } from "../run/selected-secrets.ts";

const formats = ["dotenv", "json", "shell", "docker-env", "k8s", "yaml"] as const;

interface ExportOptions extends SelectionOptions {
  readonly format: (typeof formats)[number];
  readonly name?: string;
  readonly output?: string;
  readonly force?: boolean;
}

export function addExportCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("export")
    .description(
      "Print secrets for another program: all the chosen ones, or none. A value that the format cannot carry exactly is refused.",
    )
    .addOption(
      new Option("--format <format>", "format of the result; required").choices(formats).makeOptionMandatory(),
    );
  addSelectionOptions(command)
    .option("--name <name>", "name of the Kubernetes Secret (default: the namespace, with '-' for '/')")
    .option("--output <file>", "write to this new file, which only you can read, instead of standard output")
    .option("--force", "with --output: replace an existing file")
    .action((options: ExportOptions) => exportSecrets(cli, command, options));
  addExamples(
    command,
    `oo secret export -n payment-svc --format dotenv --output .env
     eval "$(oo secret export -n payment-svc --format shell)"
     oo secret export -n terraform --format json
     oo secret export --only payment-svc/STRIPE_KEY --format docker-env
     oo secret export -n prod/base -n prod/web --map DB=prod/shared/DB_URL --format json
     oo secret export -n payment-svc --upper --format k8s | kubectl apply -f -`,
  );
}

async function exportSecrets(cli: Cli, command: Command, options: ExportOptions): Promise<void> {
  const { output: file, force = false } = options;
  if (force && file === undefined) throw usageError("--force needs --output");
  const format = await chooseFormat(options);
  const { variables } = await readSelection(cli, command, options);
  refuseProblems(cli, variables, format.problem);
  const text = format.write(variables);
  if (file !== undefined) {
    const { writePrivate } = await import("../files/write-file.ts");
    writePrivate(file, text, { replace: force });
    cli.output.hint(`wrote ${variables.length === 1 ? "one secret" : `${variables.length} secrets`} to ${file}`);
    return;
  }
  if (cli.output.isShown) {
    const { refuseTerminalCodes } = await import("../print/terminal-codes.ts");
    refuseTerminalCodes(text, "write it to a file with --output, or to a pipe");
  }
  cli.output.result(text);
}

async function chooseFormat({ format, name, namespace = [] }: ExportOptions): Promise<ExportFormat> {
  if (format !== "k8s") {
    if (name !== undefined) throw usageError("--name needs --format k8s");
    return (await import("../run/export-formats.ts")).exportFormats[format];
  }
  const chosen = name ?? (namespace.length === 1 ? namespace[0]?.replaceAll("/", "-") : undefined);
  if (chosen === undefined) throw usageError("--format k8s needs the --name of the Secret");
  return (await import("../run/kubernetes-secret.ts")).createKubernetesFormat(chosen);
}
