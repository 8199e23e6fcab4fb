import type { Command } from "commander";
import type { FileBatch } from "../files/file-batch.ts";
import type { Cli } from "../frame/cli.ts";
import { serviceUrl } from "../frame/options.ts";
import { describeServiceError } from "../frame/service-error.ts";

/**
 * Reports what the service refused in a batch, and where in the files that is. The command has then failed. Other hints
 * replace those of the errors.
 * @throws the error itself when it does not come from a call
 */
export function reportBatchFailure(
  error: unknown,
  cli: Cli,
  command: Command,
  batch: FileBatch,
  otherHints?: readonly string[],
): void {
  const report = describeServiceError(error, serviceUrl(cli, command), (index, field) =>
    field.startsWith("remove[") ? undefined : batch.places[index],
  );
  if (report === undefined) throw error;
  for (const message of report.errors) cli.output.error(message);
  for (const hint of otherHints ?? report.hints) cli.output.hint(hint);
}
