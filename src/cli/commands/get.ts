import type { Command } from "commander";
import type { Secret } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import type { Service } from "../frame/client.ts";
import { CliError } from "../frame/errors.ts";
import { addExamples, addOutputOption, openService, parseCount } from "../frame/options.ts";

interface GetOptions {
  readonly version?: string;
  readonly output?: "value" | "json";
}

export function addGetCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("get")
    .description(
      "Print the value of one secret, alone and unchanged; bytes only to a file or a pipe. Needs the right to read, and is recorded in the audit log.",
    )
    .argument("<key>", "key of the secret")
    .option("--version <number>", "the value of this version, while it is retained")
    .action((key: string, options: GetOptions) => getSecret(cli, command, key, options));
  addOutputOption(command, ["value", "json"]);
  addExamples(
    command,
    `oo secret get DATABASE_URL
     psql "$(oo secret get DATABASE_URL)"
     oo secret get tls/CERTIFICATE > cert.p12
     oo secret get DATABASE_URL --version 3`,
  );
}

async function getSecret(cli: Cli, command: Command, asked: string, options: GetOptions): Promise<void> {
  const version = options.version === undefined ? undefined : parseCount(options.version, "--version", 1);
  const service = await openService(cli, command);
  const { resolveKeys } = await import("../frame/resolve-key.ts");
  const [key = asked] = await resolveKeys([asked], service, cli.output);
  const secret = await (version === undefined ? readLatest(service, key) : readVersion(service, key, version));
  (await import("../print/due-warnings.ts")).warnOfDue(cli.output, [secret]);
  if (options.output === "json") {
    const [{ toSecretJson }, { toJson }] = await Promise.all([
      import("../files/secret-json.ts"),
      import("../print/escape.ts"),
    ]);
    return cli.output.result(toJson(toSecretJson(secret)));
  }
  const { printValue, secretValueOf } = await import("../print/shown-value.ts");
  await printValue(cli.output, secretValueOf(secret) ?? "", key);
}

async function readLatest(service: Service, key: string): Promise<Secret> {
  const [{ SecretView }, { readSecret }] = await Promise.all([
    import("../../../gen/secret/v1/secret_service_pb.ts"),
    import("../plan/read-secret.ts"),
  ]);
  return readSecret(service, key, SecretView.FULL);
}

async function readVersion(service: Service, key: string, version: number): Promise<Secret> {
  const { versions, brokenVersions } = await service.secrets.listVersions({ key, version, showValues: true });
  const secret = versions[0]?.secret;
  if (brokenVersions.length > 0) throw new CliError(`version ${version} of ${key} does not verify`);
  if (secret?.value === undefined && secret?.valueBytes === undefined) {
    throw new CliError(`version ${version} of ${key} is not retained, or is a removal`, [`oo secret history ${key}`]);
  }
  return secret;
}
