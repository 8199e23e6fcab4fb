import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import type { SecretVersion } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError } from "../frame/errors.ts";
import { addExamples, addOutputOption, openService, parseCount } from "../frame/options.ts";
import { reportRestored } from "./versions.ts";

interface RollbackOptions {
  readonly to?: string;
  readonly output?: "text" | "json";
}

export function addRollbackCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("rollback")
    .description(
      "Make the value before the last change of the value the current one again, as a new version. Lists and metadata stay as they are.",
    )
    .argument("<key>", "key of the secret")
    .option("--to <number>", "the value of this version (default: the one before the last change of the value)")
    .action((key: string, options: RollbackOptions) => rollBack(cli, command, key, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(command, "oo secret rollback DATABASE_URL\noo secret rollback DATABASE_URL --to 3");
}

async function rollBack(cli: Cli, command: Command, asked: string, options: RollbackOptions): Promise<void> {
  const wanted = options.to === undefined ? undefined : parseCount(options.to, "--to", 1);
  const service = await openService(cli, command);
  const [{ resolveKeys }, { withRetries }] = await Promise.all([
    import("../frame/resolve-key.ts"),
    import("../frame/retry.ts"),
  ]);
  const [key = asked] = await resolveKeys([asked], service, cli.output);
  const { versions } = await service.secrets.listVersions({ key });
  const { SaveOutcome } = await import("../../../gen/secret/v1/secret_service_pb.ts");
  const isRemoval = ({ outcome }: SecretVersion) => outcome === SaveOutcome.REMOVED;
  const [latest] = versions;
  if (latest === undefined || isRemoval(latest)) {
    throw new CliError(`${key} is removed`, [`oo secret restore ${key} --version NUMBER brings it back`]);
  }
  const version = wanted ?? versionBefore(versions, isRemoval);
  if (version === undefined) {
    throw new CliError(`no earlier value of ${key} is retained`, [`oo secret history ${key} lists what is`]);
  }
  // Nothing that another caller has stored meanwhile is rolled back.
  const ifVersion = latest.secret?.version ?? 0;
  const request = { key, version, ifVersion, idempotencyKey: `oo-rollback-${randomUUID()}` };
  const { result } = await withRetries(() => service.secrets.restoreVersion(request));
  if (result !== undefined) await reportRestored(cli, result, version, options.output);
}

/** The newest version, from newest to oldest, that is older than the last change of the value. */
function versionBefore(
  versions: readonly SecretVersion[],
  isRemoval: (version: SecretVersion) => boolean,
): number | undefined {
  const at = versions.findIndex(({ changedFields }) => changedFields.includes("value"));
  const earlier = at < 0 ? undefined : versions.slice(at + 1).find((version) => !isRemoval(version));
  return earlier?.secret?.version;
}
