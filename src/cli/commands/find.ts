import { type Command, Option } from "commander";
import type { Secret } from "../../../gen/secret/v1/secret_service_pb.ts";
import { type AccessListName, accessListOptions } from "../../text/access-list-names.ts";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";
import { addExamples, addOutputOption, collect, openService } from "../frame/options.ts";
import { pageSize, readPages } from "../frame/pages.ts";
import { listedStates } from "../print/states.ts";
import { formatResult } from "../print/structured.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";

interface FindOptions extends Readonly<Partial<Record<AccessListName, string>>> {
  readonly metadata?: readonly string[];
  readonly state?: keyof typeof listedStates;
  readonly owner?: string;
  readonly output: TableFormat;
  readonly header: boolean;
}

/** `readers` is asked for with `--reader`, and so on. */
const listFlags = accessListOptions.map(({ list, flag, about }) => {
  return { list, about, option: flag.endsWith("s") && !flag.includes("change") ? flag.slice(0, -1) : flag };
});

export function addFindCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("find")
    .description(
      "Find secrets that you can see by a part of their key, their metadata, state, owner or lists. Values are not looked at. All conditions must hold.",
    )
    .argument("[text]", "a part of the key, in any case; with '*' a pattern for the whole key")
    .option("--metadata <name[=text]>", "has this metadata, or this text in it; may be given several times", collect)
    .addOption(new Option("--state <state>", "is in this state").choices(Object.keys(listedStates)))
    .option("--owner <slug>", "has this owner");
  for (const { option, about } of listFlags)
    command.option(`${option} <name>`, `this name is in the list that says ${about}`);
  command
    .option("--no-header", "leave out the first line of the table")
    .action((text: string | undefined, options: FindOptions) => findSecrets(cli, command, text, options));
  addOutputOption(command, tableFormats);
  addExamples(
    command,
    `oo secret find database
     oo secret find --reader payment-svc
     oo secret find --metadata team=payments --state rotation-due
     oo secret find --owner alice -o json`,
  );
}

async function findSecrets(cli: Cli, command: Command, text: string | undefined, options: FindOptions): Promise<void> {
  const conditions = conditionsOf(text, command.opts());
  if (conditions.length === 0 && options.state === undefined) throw usageError("say what to find: a text or an option");
  const service = await openService(cli, command);
  const { SecretState, SecretView } = await import("../../../gen/secret/v1/secret_service_pb.ts");
  const request = {
    keyPattern: text?.includes("*") ? text : "",
    state: SecretState[options.state === undefined ? "UNSPECIFIED" : listedStates[options.state]],
    view: SecretView.METADATA,
    pageSize,
  };
  const found: Secret[] = [];
  let seen = 0;
  for await (const page of readPages((pageToken) => service.secrets.listSecrets({ ...request, pageToken }))) {
    seen += page.secrets.length;
    found.push(...page.secrets.filter((secret) => conditions.every((holds) => holds(secret))));
    if (page.nextPageToken !== "") cli.output.progress(`looked at ${seen} secrets…`);
  }
  const { toSecretJson } = await import("../files/secret-json.ts");
  const { toSecretTable } = await import("../print/secret-table.ts");
  const toTable = () => (found.length === 0 ? "" : toSecretTable(found, options.header, cli.output.columns));
  cli.output.result(await formatResult(options.output, found.map(toSecretJson), toTable));
  if (found.length === 0) cli.output.hint("no secret that you can see matches");
}

type Condition = (secret: Secret) => boolean;

function conditionsOf(text: string | undefined, options: Readonly<Record<string, unknown>>): Condition[] {
  const conditions: Condition[] = [];
  if (text !== undefined && !text.includes("*")) {
    const part = text.toLowerCase();
    conditions.push(({ key }) => key.toLowerCase().includes(part));
  } else if (text !== undefined) conditions.push(() => true);
  for (const wanted of (options.metadata as readonly string[] | undefined) ?? []) {
    const [name = "", ...rest] = wanted.split("=");
    const within = rest.join("=").toLowerCase();
    conditions.push(
      ({ metadata }) => Object.hasOwn(metadata, name) && (metadata[name] ?? "").toLowerCase().includes(within),
    );
  }
  if (options.owner !== undefined) conditions.push(({ owner }) => owner === options.owner);
  for (const { list, option } of listFlags) {
    const name = options[option.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
    if (typeof name === "string") conditions.push((secret) => secret[list].includes(name));
  }
  return conditions;
}
