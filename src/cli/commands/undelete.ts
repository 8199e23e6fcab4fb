import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import type { Cli } from "../frame/cli.ts";
import { CliError } from "../frame/errors.ts";
import { addExamples, addOutputOption, openService } from "../frame/options.ts";
import { reportRestored } from "./versions.ts";

interface UndeleteOptions {
  readonly output?: "text" | "json";
}

export function addUndeleteCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("undelete")
    .description(
      "Bring back a removed secret with its last value, metadata and lists, within 30 days of its removal. `oo secret list --removed` shows which there are.",
    )
    .argument("<key>", "key of the removed secret")
    .action((key: string, options: UndeleteOptions) => undelete(cli, command, key, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(command, "oo secret undelete DATABASE_URL\noo secret list --removed");
}

async function undelete(cli: Cli, command: Command, asked: string, { output }: UndeleteOptions): Promise<void> {
  const service = await openService(cli, command);
  const [{ resolveKeys }, { withRetries }, { SaveOutcome }] = await Promise.all([
    import("../frame/resolve-key.ts"),
    import("../frame/retry.ts"),
    import("../../../gen/secret/v1/secret_service_pb.ts"),
  ]);
  const [key = asked] = await resolveKeys([asked], service, cli.output);
  const { versions } = await service.secrets.listVersions({ key });
  const [latest] = versions;
  if (latest !== undefined && latest.outcome !== SaveOutcome.REMOVED) {
    throw new CliError(`${key} is not removed`, [`oo secret rollback ${key} goes back to an earlier value`]);
  }
  const version = versions.find(({ outcome }) => outcome !== SaveOutcome.REMOVED)?.secret?.version;
  if (version === undefined) throw new CliError(`no value of ${key} is retained`);
  const request = { key, version, ifVersion: 0, idempotencyKey: `oo-undelete-${randomUUID()}` };
  const { result } = await withRetries(() => service.secrets.restoreVersion(request));
  if (result !== undefined) await reportRestored(cli, result, version, output);
}
