import type { Command } from "commander";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";
import { type ApprovalOption, addApprovalOption, addExamples, addOutputOption } from "../frame/options.ts";
import { addPlanOptions, makePlan, type PlannedFiles, reportForbidden } from "./plan.ts";

interface ApplyOptions extends PlannedFiles, ApprovalOption {
  readonly output?: "text" | "json";
}

export function addApplyCommand(parent: Command, cli: Cli): void {
  const command = addPlanOptions(
    parent
      .command("apply")
      .description(
        "Show what saving a file or folder would change, ask for approval, and do exactly that. If a secret has changed in the meantime, do nothing.",
      ),
  ).action((path: string, options: ApplyOptions) => apply(cli, command, path, options));
  addApprovalOption(command);
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
  // The JSON on standard output is the result. There is nowhere to print the plan that the question is about.
  if (asJson && options.autoApprove !== true) throw usageError("-o json needs --auto-approve");
  const made = await makePlan(cli, command, path, options);
  if (made === undefined) return;
  const { batch, plan } = made;
  const { formatPlan, summarize } = await import("../plan/plan-format.ts");
  const isChanging = plan.items.some(({ action }) => action !== "unchanged");
  if (!asJson) output.result(await formatPlan(plan, "table", output));
  reportForbidden(cli, plan);
  if (plan.items.some(({ action }) => action === "forbidden")) return;
  if (!isChanging) {
    if (asJson) output.result("[]\n");
    return;
  }
  if (options.autoApprove !== true) {
    const { confirm } = await import("../frame/confirm.ts");
    await confirm(cli, `Apply this (${summarize(plan)})?`, "not applied: nothing was changed");
  }
  const { applyPlan } = await import("../plan/apply-plan.ts");
  await applyPlan(cli, command, batch, plan, asJson);
}
