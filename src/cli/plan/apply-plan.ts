import { randomUUID } from "node:crypto";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Command } from "commander";
import type { FileBatch } from "../files/file-batch.ts";
import type { Cli } from "../frame/cli.ts";
import { openService } from "../frame/options.ts";
import { withProgress } from "../frame/progress.ts";
import { withRetries } from "../frame/retry.ts";
import { tellBatchFailure } from "./batch-failure.ts";
import { type Plan, toRequest } from "./plan-batch.ts";
import { tellResults } from "./save-results.ts";

const movedHint = "this has moved since it was planned, and nothing was changed: look at `oo secret plan` again";

/**
 * Does what a plan says, or nothing when any of it has moved. One atomic batch, which the service carries out once even
 * when it is sent again after a broken connection. Tells what was done, or why not.
 */
export async function carryOut(
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
    tellResults(results, { isPlan: false, asJson, output: cli.output });
  } catch (error) {
    tellBatchFailure(error, cli, command, batch, hasMoved(error) ? [movedHint] : undefined);
  }
}

/** The service answered, and would not have refused this when it was planned. */
function hasMoved(error: unknown): boolean {
  const codes = [Code.Aborted, Code.NotFound, Code.PermissionDenied, Code.InvalidArgument];
  return error instanceof ConnectError && codes.includes(error.code) && error.details.length > 0;
}
