import type { Command } from "commander";
import type { FileBatch } from "../files/file-batch.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { checkNamespace } from "../frame/namespace.ts";
import { addExamples, addOutputOption, openService } from "../frame/options.ts";
import type { Plan } from "../plan/plan-batch.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";

/** What a plan is made of, apart from the files. */
export interface PlannedFiles {
  readonly namespace?: string;
  readonly prune?: boolean;
}

interface PlanOptions extends PlannedFiles {
  readonly output: TableFormat;
}

/** The argument and the options of `PlannedFiles`. */
export function addPlanOptions(command: Command): Command {
  return command
    .argument("<file|folder>", "YAML file, or folder of *.yaml and *.yml files")
    .option("-n, --namespace <namespace>", "prefix every key with this and '/', unless it already begins with them")
    .option("--prune", "also remove what is in the namespace and not in the files; needs --namespace");
}

export function addPlanCommand(parent: Command, cli: Cli): void {
  const command = addPlanOptions(
    parent.command("plan").description("Show what saving a file or folder would change, and change nothing."),
  ).action(async (path: string, options: PlanOptions) => {
    try {
      await showPlan(cli, command, path, options);
    } catch (error) {
      throw error instanceof CliError ? new CliError(error.message, error.hints) : error;
    }
  });
  addOutputOption(command, tableFormats);
  addExamples(
    command,
    `oo secret plan secrets/
     oo secret plan prod.yaml -o json
     oo secret plan --prune -n prod secrets/prod/`,
    "Exit codes: 0 no changes, 1 failed or not permitted or wrong usage, 2 changes.",
  );
}

async function showPlan(cli: Cli, command: Command, path: string, options: PlanOptions): Promise<void> {
  const made = await makePlan(cli, command, path, options);
  if (made === undefined) return;
  const { plan } = made;
  const { formatPlan } = await import("../plan/plan-format.ts");
  cli.output.result(await formatPlan(plan, options.output, cli.output));
  reportForbidden(cli, plan);
  const hasFailed = cli.output.exitCode !== 0;
  if (!hasFailed && plan.items.some(({ action }) => action !== "unchanged")) cli.output.endWith(2);
}

/**
 * Reads the files and asks the service what saving them would do. Undefined when it refuses, which is then reported.
 */
export async function makePlan(
  cli: Cli,
  command: Command,
  path: string,
  { namespace, prune = false }: PlannedFiles,
): Promise<{ readonly batch: FileBatch; readonly plan: Plan } | undefined> {
  checkNamespace(namespace);
  if (prune && namespace === undefined) {
    throw usageError("--prune needs --namespace", "only what is in that namespace is removed");
  }
  const [{ readFileBatch }, { planBatch }, { withProgress }] = await Promise.all([
    import("../files/file-batch.ts"),
    import("../plan/plan-batch.ts"),
    import("../print/progress.ts"),
  ]);
  const batch = readFileBatch(path, namespace, cli.output, { mustBeComplete: prune });
  const service = await openService(cli, command);
  try {
    const ask = () => planBatch(service, batch, prune ? namespace : undefined);
    return { batch, plan: await withProgress(cli.output, "planning", batch.secrets.length, ask) };
  } catch (error) {
    const { reportBatchFailure } = await import("../plan/batch-failure.ts");
    reportBatchFailure(error, cli, command, batch);
    return undefined;
  }
}

/** Makes the command fail when the plan has a change that the caller may not make. */
export function reportForbidden(cli: Cli, plan: Plan): void {
  const count = plan.items.filter(({ action }) => action === "forbidden").length;
  if (count > 0) cli.output.error(`the plan cannot be applied: you may not make ${count} of its changes`);
}
