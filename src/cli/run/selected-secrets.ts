import type { Command } from "commander";
import type { Secret, SecretError } from "../../../gen/secret/v1/secret_service_pb.ts";
import { limits } from "../../limits.ts";
import { compareBytes } from "../../text/byte-order.ts";
import type { Cli } from "../frame/cli.ts";
import type { Service } from "../frame/client.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { checkNamespace, withNamespace } from "../frame/namespace.ts";
import { collect, openService } from "../frame/options.ts";
import { pageSize, readPages } from "../frame/pages.ts";
import { secretValueOf } from "../frame/shown-value.ts";
import { findNameObstacles, type Naming, nameOf, type Obstacle, type Variable } from "./variables.ts";

/** Which secrets are exported, and under which names. */
export interface SelectionOptions {
  readonly namespace?: string;
  readonly only?: readonly string[];
  readonly upper?: boolean;
  readonly prefix?: string;
  readonly allowName?: readonly string[];
}

const prefixForm = /^[A-Za-z0-9_.-]*$/;

export function addSelectionOptions(command: Command): Command {
  return command
    .option(
      "-n, --namespace <namespace>",
      "the secrets whose keys start with this and '/', and that you may read (default: your slug; admins must choose)",
    )
    .option("--only <key...>", "only these keys, all of which must exist; with --namespace, keys within it")
    .option(
      "--upper",
      "names in upper case, with '_' for everything but letters and digits: prod/db/main-url becomes DB_MAIN_URL",
    )
    .option("--prefix <text>", "put this before every name, such as TF_VAR_")
    .option(
      "--allow-name <name>",
      "accept this name, such as PATH, which is otherwise refused because it changes what programs load; may be given several times",
      collect,
    );
}

/**
 * The chosen secrets, in the order of their names: those of a namespace, or those of the given keys. By default they
 * are those of the caller's own namespace, which admins do not have. Never everything that the caller may read: any
 * user can make another user a reader of their own secrets.
 * @throws CliError when nothing is chosen or found, when a secret cannot be read, or when a name must not be used
 */
export async function readVariables(cli: Cli, command: Command, options: SelectionOptions): Promise<Variable[]> {
  const { upper = false, prefix = "", allowName = [] } = options;
  if (!prefixForm.test(prefix)) throw usageError("--prefix may only contain A-Z a-z 0-9 _ . and -");
  checkNamespace(options.namespace);
  const naming: Naming = { upper, prefix, namespace: options.namespace, allowed: new Set(allowName) };
  const service = await openService(cli, command);
  const { only, namespace } = options;
  const secrets =
    only === undefined ? await readNamespace(service, namespace) : await readKeys(service, cli, only, namespace);
  (await import("../frame/due-warnings.ts")).warnOfDue(cli.output, secrets);
  const variables = secrets.map((secret) => {
    const { key } = secret;
    return { key, name: nameOf(key, naming), value: secretValueOf(secret) ?? "" };
  });
  refuse(cli, findNameObstacles(variables, naming));
  return variables.sort((a, b) => compareBytes(a.name, b.name));
}

/** @throws CliError when there is a problem, after reporting all of them; each is worded to follow the key */
export function refuseProblems(
  cli: Cli,
  variables: readonly Variable[],
  problemOf: (variable: Variable) => string | undefined,
): void {
  const obstacles: Obstacle[] = [];
  for (const variable of variables) {
    const reason = problemOf(variable);
    if (reason !== undefined) obstacles.push({ key: variable.key, reason });
  }
  refuse(cli, obstacles);
}

function refuse(cli: Cli, obstacles: readonly Obstacle[]): void {
  const last = obstacles.at(-1);
  if (last === undefined) return;
  for (const { key, reason } of obstacles.slice(0, -1)) cli.output.error(`${key}: ${reason}`);
  throw new CliError(`${last.key}: ${last.reason}`, ["none of the secrets was used; --only KEY… chooses others"]);
}

async function readNamespace(service: Service, given: string | undefined): Promise<Secret[]> {
  const namespace = given ?? (await ownNamespace(service));
  const { SecretView } = await import("../../../gen/secret/v1/secret_service_pb.ts");
  const secrets: Secret[] = [];
  const request = { namespace, view: SecretView.FULL, pageSize };
  for await (const page of readPages((pageToken) => service.secrets.listSecrets({ ...request, pageToken }))) {
    refuseDamaged(page.errors);
    secrets.push(...page.secrets);
  }
  if (secrets.length === 0) throw new CliError(`there are no secrets in ${namespace}/ that you may read`);
  return secrets;
}

async function ownNamespace(service: Service): Promise<string> {
  const { admin, slug } = await service.identity.whoAmI({});
  if (admin) throw usageError("say which secrets with --namespace or --only", "admins have no default namespace");
  return slug;
}

async function readKeys(
  service: Service,
  cli: Cli,
  only: readonly string[],
  namespace: string | undefined,
): Promise<Secret[]> {
  const { resolveKeys } = await import("../frame/resolve-key.ts");
  const asked = only.map((key) => withNamespace(key, namespace));
  return readSecrets(service, [...new Set(await resolveKeys(asked, service, cli.output))]);
}

/** @throws CliError when one of these keys is missing */
export async function readSecrets(service: Service, keys: readonly string[]): Promise<Secret[]> {
  const { SecretView } = await import("../../../gen/secret/v1/secret_service_pb.ts");
  const secrets: Secret[] = [];
  const missing: string[] = [];
  for (let at = 0; at < keys.length; at += limits.batchItems) {
    const request = { keys: keys.slice(at, at + limits.batchItems), view: SecretView.FULL };
    for await (const page of readPages((pageToken) => service.secrets.listSecrets({ ...request, pageToken }))) {
      refuseDamaged(page.errors);
      secrets.push(...page.secrets);
      missing.push(...page.missingKeys);
    }
  }
  if (missing.length === 0) return secrets;
  throw new CliError(`not found, or not readable by you: ${[...new Set(missing)].join(", ")}`);
}

/** An environment that lacks one of its secrets is worse than no environment. */
function refuseDamaged(errors: readonly SecretError[]): void {
  if (errors.length === 0) return;
  throw new CliError(`cannot be read: ${errors.map(({ key }) => key).join(", ")}: the stored document does not verify`);
}
