import { randomUUID } from "node:crypto";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Command } from "commander";
import type { FileBatch } from "../files/file-batch.ts";
import type { Cli } from "../frame/cli.ts";
import { openService } from "../frame/options.ts";
import { withRetries } from "../frame/retry.ts";
import { withProgress } from "../print/progress.ts";
import { reportBatchFailure } from "./batch-failure.ts";
import { type Plan, toRequest } from "./plan-batch.ts";
import { reportResults } from "./save-results.ts";

const movedHint = "something has changed since the plan was made; nothing was applied: run `oo secret plan` again";

/**
 * Applies a plan, or nothing when any of its secrets has changed since. The plan is one atomic batch. The service
 * carries it out once, even when it is sent again after a broken connection. Reports what was done, or why nothing was.
 */
export async function applyPlan(
  cli: Cli,
  command: Command,
  batch: FileBatch,
  plan: Plan,
  asJson: boolean,
): Promise<void> {
  const service = await openService(cli, command);
  const request = { ...toRequest(batch, plan), idempotencyKey: `oo-apply-${randomUUID()}` };
  const send = () => withRetries(() => service.secrets.saveSecrets(request));
  try {
    const { results } = await withProgress(cli.output, "applying the plan of", plan.items.length, send);
    reportResults(results, { isPlan: false, asJson, output: cli.output });
  } catch (error) {
    reportBatchFailure(error, cli, command, batch, hasMoved(error) ? [movedHint] : undefined);
  }
}

/** Whether the service refused what it accepted when the plan was made. */
function hasMoved(error: unknown): boolean {
  const codes = [Code.Aborted, Code.NotFound, Code.PermissionDenied, Code.InvalidArgument];
  return error instanceof ConnectError && codes.includes(error.code) && error.details.length > 0;
}
