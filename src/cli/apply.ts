import { randomUUID } from "node:crypto";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Command } from "commander";
import type { Cli } from "./cli.ts";
import { CliError, usageError } from "./errors.ts";
import type { FileBatch } from "./file-batch.ts";
import { addExamples, addOutputOption, openService } from "./options.ts";
import { addPlanOptions, makePlan, type PlannedFiles, tellForbidden } from "./plan.ts";
import type { Plan } from "./plan-batch.ts";

const movedHint = "this has moved since it was planned, and nothing was changed: look at `oo secret plan` again";

interface ApplyOptions extends PlannedFiles {
  readonly autoApprove?: boolean;
  readonly output?: "text" | "json";
}

export function addApplyCommand(parent: Command, cli: Cli): void {
  const command = addPlanOptions(
    parent
      .command("apply")
      .description(
        "Show what saving a file or folder would change, ask, and do exactly that; nothing if anything moved meanwhile.",
      ),
  )
    .option("--auto-approve", "do not ask; for pipelines")
    .action((path: string, options: ApplyOptions) => apply(cli, command, path, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo secret apply secrets/
     oo secret apply --prune -n prod secrets/prod/
     oo secret apply --auto-approve secrets/          # in a pipeline`,
  );
}

async function apply(cli: Cli, command: Command, path: string, options: ApplyOptions): Promise<void> {
  const { output } = cli;
  const asJson = options.output === "json";
  // The JSON on standard output is what was done; there is no place for the plan that is asked about.
  if (asJson && options.autoApprove !== true) throw usageError("-o json needs --auto-approve");
  const made = await makePlan(cli, command, path, options);
  if (made === undefined) return;
  const { batch, plan } = made;
  const { formatPlan, summarize } = await import("./plan-format.ts");
  const isChanging = plan.items.some(({ action }) => action !== "unchanged");
  if (!asJson) output.result(formatPlan(plan, "table"));
  tellForbidden(cli, plan);
  if (plan.items.some(({ action }) => action === "forbidden")) return;
  if (!isChanging) {
    if (asJson) output.result("[]\n");
    return;
  }
  if (options.autoApprove !== true) {
    const { confirm } = await import("./confirm.ts");
    const agreed = await confirm(`Apply this (${summarize(plan)})?`, "in a pipeline use --auto-approve");
    if (!agreed) throw new CliError("not applied: nothing was changed");
  }
  await carryOut(cli, command, batch, plan, asJson);
}

/** One atomic batch, which the service carries out once even when it is sent again after a broken connection. */
async function carryOut(cli: Cli, command: Command, batch: FileBatch, plan: Plan, asJson: boolean): Promise<void> {
  const service = await openService(cli, command);
  const [{ toRequest }, { withProgress }, { withRetries }, { tellResults }] = await Promise.all([
    import("./plan-batch.ts"),
    import("./progress.ts"),
    import("./retry.ts"),
    import("./save-results.ts"),
  ]);
  const request = { ...toRequest(batch, plan), idempotencyKey: `oo-apply-${randomUUID()}` };
  const send = () => withRetries(() => service.secrets.saveSecrets(request));
  try {
    const { results } = await withProgress(cli.output, `applying ${plan.items.length} items`, send);
    tellResults(results, { isPlan: false, asJson, output: cli.output });
  } catch (error) {
    const { tellBatchFailure } = await import("./batch-failure.ts");
    tellBatchFailure(error, cli, command, batch, hasMoved(error) ? [movedHint] : undefined);
  }
}

/** The service answered, and would not have refused this when it was planned. */
function hasMoved(error: unknown): boolean {
  const codes = [Code.Aborted, Code.NotFound, Code.PermissionDenied, Code.InvalidArgument];
  return error instanceof ConnectError && codes.includes(error.code) && error.details.length > 0;
}
