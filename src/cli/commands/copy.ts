import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import { limits } from "../../limits.ts";
import type { Cli } from "../frame/cli.ts";
import type { Service } from "../frame/client.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { checkNamespace } from "../frame/namespace.ts";
import { addExamples, addOutputOption, collectNames, openService, parseCount } from "../frame/options.ts";
import { pageSize, readPages } from "../frame/pages.ts";

interface CopyOptions {
  readonly readers?: readonly string[];
  readonly ifVersion?: string;
  readonly dryRun?: boolean;
  readonly output?: "text" | "json";
}

/** `oo secret copy` and `oo secret move`. The values stay in the service. */
export function addCopyCommands(parent: Command, cli: Cli): void {
  for (const verb of ["copy", "move"] as const) addCopyCommand(parent, cli, verb);
}

function addCopyCommand(parent: Command, cli: Cli, verb: "copy" | "move"): void {
  const removes = verb === "move" ? ", and remove the old ones" : "";
  const command = parent
    .command(verb)
    .alias(verb === "copy" ? "cp" : "mv")
    .description(
      `Create secrets with the values and the metadata of others${removes}: all of them, or none. No value leaves the service. With '/' at the end of both names, everything in a namespace. The lists are those of a new secret.`,
    )
    .argument("<source>", "key of a secret, or a namespace and '/'")
    .argument("<target>", "key that is not in use, or a namespace and '/'")
    .option("--readers <names>", "who may read the new secrets: slugs and roles, separated by commas", collectNames)
    .option("--if-version <number>", "only if the source is at this version; not for a namespace")
    .option("--dry-run", "show what would be done, and do nothing")
    .action((source: string, target: string, options: CopyOptions) =>
      copySecrets(cli, command, { source, target, move: verb === "move" }, options),
    );
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo secret ${verb} staging/web/API_KEY prod/web/API_KEY
     oo secret ${verb} staging/web/ prod/web/ --readers web --dry-run`,
  );
}

interface Asked {
  readonly source: string;
  readonly target: string;
  readonly move: boolean;
}

async function copySecrets(cli: Cli, command: Command, asked: Asked, options: CopyOptions): Promise<void> {
  const { source, target, move } = asked;
  if (source === target) throw usageError("source and target are the same");
  const isNamespace = source.endsWith("/");
  if (isNamespace !== target.endsWith("/")) {
    throw usageError("both must be keys, or both namespaces with '/' at the end");
  }
  if (isNamespace && options.ifVersion !== undefined) throw usageError("--if-version is for one key");
  const ifVersion = options.ifVersion === undefined ? undefined : parseCount(options.ifVersion, "--if-version", 1);
  const { checkKey, resolveKeys } = await import("../frame/resolve-key.ts");
  if (isNamespace) for (const each of [source, target]) checkNamespace(each.slice(0, -1));
  else for (const each of [source, target]) checkKey(each);
  const service = await openService(cli, command);
  const keys = isNamespace ? await keysIn(service, source) : await resolveKeys([source], service, cli.output);
  const items = keys.map((key) => ({
    source: key,
    target: isNamespace ? `${target}${key.slice(source.length)}` : target,
    ...(ifVersion === undefined ? {} : { ifVersion }),
  }));
  const validateOnly = options.dryRun === true;
  const readers = [...(options.readers ?? [])];
  const request = {
    items,
    move,
    validateOnly,
    readers,
    idempotencyKey: `oo-${move ? "move" : "copy"}-${randomUUID()}`,
  };
  const [{ withRetries }, { reportResults }] = await Promise.all([
    import("../frame/retry.ts"),
    import("../plan/save-results.ts"),
  ]);
  const { results } = await withRetries(() => service.secrets.copySecrets(request));
  reportResults(results, { isPlan: validateOnly, asJson: options.output === "json", output: cli.output });
}

/**
 * The keys of all secrets in a namespace that the caller can see. Those that they may not read are refused by the
 * service.
 */
async function keysIn(service: Service, namespace: string): Promise<readonly string[]> {
  const { SecretView } = await import("../../../gen/secret/v1/secret_service_pb.ts");
  const request = { namespace: namespace.slice(0, -1), view: SecretView.KEYS, pageSize };
  const keys: string[] = [];
  for await (const page of readPages((pageToken) => service.secrets.listSecrets({ ...request, pageToken }))) {
    const [failed] = page.errors;
    if (failed !== undefined) throw new CliError(`the stored document of ${failed.key} does not verify`);
    keys.push(...page.secrets.map(({ key }) => key));
    if (keys.length > limits.copyItems) {
      throw new CliError(`${namespace} has more than ${limits.copyItems} secrets, which is the limit of one copy`);
    }
  }
  if (keys.length === 0) throw new CliError(`there is no secret in ${namespace} that you can see`);
  return keys;
}
