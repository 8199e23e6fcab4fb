import type { Command } from "commander";
import type { FileBatch } from "../files/file-batch.ts";
import type { Cli } from "../frame/cli.ts";
import { serviceUrl } from "../frame/options.ts";
import { describeServiceError } from "../frame/service-error.ts";

/**
 * Tells what the service refused of a batch, and where in the files that is. The command has failed then. Other hints
 * take the place of those that the errors have.
 * @throws the error itself when it is not one of a call
 */
export function tellBatchFailure(
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
