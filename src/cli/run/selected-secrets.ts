import type { Command } from "commander";
import type { Secret } from "../../../gen/secret/v1/secret_service_pb.ts";
import { compareBytes } from "../../text/byte-order.ts";
import type { Cli } from "../frame/cli.ts";
import type { Service } from "../frame/client.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { checkNamespace, withNamespace } from "../frame/namespace.ts";
import { collect, openService } from "../frame/options.ts";
import { secretValueOf } from "../print/shown-value.ts";
import { keysMeant, layVariables, type Mapping, parseMappings } from "./choose-names.ts";
import { readFirst, readNamespace, readSecrets } from "./read-secrets.ts";
import { findNameObstacles, type Naming, nameOf, type Obstacle, type Variable } from "./variables.ts";

/** Which secrets are exported, and under which names. */
export interface SelectionOptions {
  readonly namespace?: readonly string[];
  readonly only?: readonly string[];
  readonly recursive?: boolean;
  readonly map?: readonly string[];
  readonly upper?: boolean;
  readonly prefix?: string;
  readonly allowName?: readonly string[];
}

const prefixForm = /^[A-Za-z0-9_.-]*$/;

export function addSelectionOptions(command: Command): Command {
  return command
    .option(
      "-n, --namespace <namespace>",
      "the secrets directly in this namespace that you may read (default: your slug; admins must choose); may be given several times: of two with the same name, that of the later namespace is taken",
      collect,
    )
    .option("--recursive", "also deeper ones, with '_' between the segments: db/url becomes db_url")
    .option("--only <key...>", "only these keys, all of which must exist; with --namespace, keys within it")
    .option(
      "--map <name=key>",
      "also this key, under this name only; one without '/' is in the namespace, as in --mount and --template; may be given several times",
      collect,
    )
    .option(
      "--upper",
      "names in upper case, with '_' for everything but letters and digits: prod/main-url becomes MAIN_URL",
    )
    .option("--prefix <text>", "put this before every name except those of --map, such as TF_VAR_")
    .option(
      "--allow-name <name>",
      "accept this name, such as PATH, which is otherwise refused because it changes what programs load; may be given several times",
      collect,
    );
}

/** Whether secrets were chosen for variables: a command that only gets files gets no variables. */
export function isChoice({ namespace, only, map }: SelectionOptions): boolean {
  return namespace !== undefined || only !== undefined || map !== undefined;
}

export interface Selection {
  /** In the order of their names. */
  readonly variables: readonly Variable[];
  /** All that was read, by key: also what another secret hides. */
  readonly secrets: ReadonlyMap<string, Secret>;
}

/**
 * The chosen secrets: those of namespaces, or those of the given keys, and those of
 * `--map`. By default they are those of the caller's own namespace, which admins do not have; `--map` alone adds to
 * them, unless `onlyMapped`. Never everything that the caller may read: any user can make another user a reader of
 * their own secrets.
 * @throws CliError when nothing is chosen or found, when a secret cannot be read, or when a name must not be used
 */
export async function readSelection(
  cli: Cli,
  command: Command,
  options: SelectionOptions,
  { onlyMapped = false }: { readonly onlyMapped?: boolean } = {},
): Promise<Selection> {
  const { upper = false, prefix = "", allowName = [] } = options;
  if (!prefixForm.test(prefix)) throw usageError("--prefix may only contain A-Z a-z 0-9 _ . and -");
  const namespaces = checkChoice(options);
  const mappings = parseMappings(options.map);
  const naming: Naming = { upper, prefix, allowed: new Set(allowName) };
  const service = await openService(cli, command);
  const layers = await readLayers(service, cli, { ...options, namespace: namespaces }, onlyMapped);
  const known = byKey(layers.flat());
  const mapped = await readMapped(service, cli, mappings, { namespaces, known });
  const secrets = byKey([...known.values(), ...mapped.map(({ secret }) => secret)]);
  (await import("../print/due-warnings.ts")).warnOfDue(cli.output, [...secrets.values()]);
  const renamed = new Set(mapped.map(({ secret: { key } }) => key));
  const named = layers.map((layer, at) => {
    const within: Naming = { ...naming, namespace: namespaces[at] };
    return layer.map((secret) => toVariable(secret, nameOf(secret.key, within)));
  });
  for (const layer of named) {
    const others = layer.filter(({ key }) => !renamed.has(key));
    refuse(cli, findNameObstacles(others, { ...naming, allowed: "all" }));
  }
  const variables = layVariables(
    named,
    mapped.map(({ name, secret }) => toVariable(secret, name)),
    cli.output,
  );
  refuse(cli, findNameObstacles(variables, naming));
  return { variables: variables.sort((a, b) => compareBytes(a.name, b.name)), secrets };
}

function byKey(secrets: readonly Secret[]): ReadonlyMap<string, Secret> {
  return new Map(secrets.map((each) => [each.key, each]));
}

/** The namespaces that were asked for, each once. */
function checkChoice({ namespace = [], only, recursive }: SelectionOptions): readonly string[] {
  for (const each of namespace) checkNamespace(each);
  const namespaces = [...new Set(namespace.toReversed())].reverse();
  if (only === undefined) return namespaces;
  if (namespaces.length > 1) {
    throw usageError("--only needs one --namespace, or none", "--map NAME=KEY takes one secret from elsewhere");
  }
  if (recursive === true) throw usageError("--recursive is for a namespace, and --only names keys");
  return namespaces;
}

function toVariable(secret: Secret, name: string): Variable {
  return { key: secret.key, name, value: secretValueOf(secret) ?? "" };
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

/** The namespace of a caller who names none; undefined for admins. */
export async function ownNamespace(service: Service): Promise<string | undefined> {
  const { admin, slug } = await service.identity.whoAmI({});
  return admin ? undefined : slug;
}

/** Those of each namespace, or of the given keys. */
async function readLayers(
  service: Service,
  cli: Cli,
  { namespace = [], only, map = [], recursive = false }: SelectionOptions,
  onlyMapped: boolean,
): Promise<readonly Secret[][]> {
  if (only !== undefined) return [await readKeys(service, cli, only, namespace[0])];
  const how = { recursive, output: cli.output };
  const layers: Secret[][] = [];
  for (const each of namespace) layers.push(await readNamespace(service, each, how));
  const isMapped = map.length > 0;
  if (layers.length > 0 || (isMapped && onlyMapped)) return layers;
  const own = await ownNamespace(service);
  if (own !== undefined) return [await readNamespace(service, own, { ...how, mayBeEmpty: isMapped })];
  if (isMapped) return [];
  throw usageError("say which secrets with --namespace or --only", "admins have no default namespace");
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

interface Mapped {
  readonly name: string;
  readonly secret: Secret;
}

async function readMapped(
  service: Service,
  cli: Cli,
  mappings: readonly Mapping[],
  { namespaces, known }: { readonly namespaces: readonly string[]; readonly known: ReadonlyMap<string, Secret> },
): Promise<readonly Mapped[]> {
  if (mappings.length === 0) return [];
  const { checkKey, resolveKeys } = await import("../frame/resolve-key.ts");
  const wanted: (readonly string[])[] = [];
  for (const { key } of mappings) {
    checkKey(key);
    const meant = keysMeant(key, namespaces);
    wanted.push(namespaces.length > 0 ? meant : await resolveKeys(meant, service, cli.output));
  }
  const found = await readFirst(service, wanted, known);
  return found.map((secret, at) => ({ name: mappings[at]?.name ?? "", secret }));
}
