import type { Command } from "commander";
import type { Cli } from "../frame/cli.ts";
import { addExamples, addOutputOption } from "../frame/options.ts";
import { readPairs } from "../frame/pairs.ts";
import type { ChangeOptions } from "../plan/change-secret.ts";

/** `oo secret metadata set|unset`, which leave all other metadata as they are. */
export function addMetadataCommands(parent: Command, cli: Cli): void {
  const group = parent.command("metadata").description("Set or remove single metadata of a secret.");
  const set = addVerb(group, "set", "Set metadata of a secret. All other metadata and the value stay as they are.")
    .argument("<name=text...>", "such as expires=2027-12-31, rotation_interval=90d or owner=payments")
    .action((key: string, texts: readonly string[], options: ChangeOptions) => {
      const pairs = readPairs(texts, "metadata");
      return change(cli, set, key, options, (metadata) => new Map([...metadata, ...pairs]));
    });
  addExamples(set, "oo secret metadata set prod/DATABASE_URL expires=2027-12-31 rotation_interval=90d");
  const unset = addVerb(
    group,
    "unset",
    "Remove metadata of a secret. All other metadata and the value stay as they are.",
  )
    .argument("<name...>", "names of metadata")
    .action((key: string, names: readonly string[], options: ChangeOptions) => {
      return change(cli, unset, key, options, (metadata) => {
        return new Map([...metadata].filter(([name]) => !names.includes(name)));
      });
    });
  addExamples(unset, "oo secret metadata unset prod/DATABASE_URL expires");
}

function addVerb(group: Command, verb: string, description: string): Command {
  const command = group
    .command(verb)
    .description(description)
    .argument("<key>", "key of the secret")
    .option("--dry-run", "show what would be done, and do nothing");
  return addOutputOption(command, ["text", "json"]);
}

async function change(
  cli: Cli,
  command: Command,
  key: string,
  options: ChangeOptions,
  toMetadata: (metadata: ReadonlyMap<string, string>) => ReadonlyMap<string, string>,
): Promise<void> {
  const [{ changeSecret }, { setMetadata }] = await Promise.all([
    import("../plan/change-secret.ts"),
    import("../formats/secret-fields.ts"),
  ]);
  await changeSecret(cli, command, key, options, (secret) => {
    const input = {};
    setMetadata(input, toMetadata(new Map(Object.entries(secret.metadata))));
    return input;
  });
}
