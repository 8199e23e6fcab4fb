import type { Command } from "commander";
import { limits } from "../../limits.ts";
import { type AccessListName, accessListOptions } from "../../text/access-list-names.ts";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";
import { addExamples, addOutputOption } from "../frame/options.ts";
import type { ChangeOptions } from "../plan/change-secret.ts";

/** `reader`, `can-change-readers`: one name in a list, or the right that the list gives. */
function commandOf(flag: string): string {
  const name = flag.slice(2);
  return name.includes("-") ? name : name.slice(0, -1);
}

/** `oo secret reader add KEY NAME…`, and the same for removal and for the other five lists. */
export function addMemberCommands(parent: Command, cli: Cli): void {
  for (const { list, flag, about } of accessListOptions) {
    const name = commandOf(flag);
    const group = parent.command(name).description(`Add or remove single entries of the list that says ${about}.`);
    for (const verb of ["add", "remove"] as const) addMemberCommand(group, cli, { name, list, about, verb });
  }
}

interface Member {
  readonly name: string;
  readonly list: AccessListName;
  readonly about: string;
  readonly verb: "add" | "remove";
}

function addMemberCommand(group: Command, cli: Cli, { name, list, about, verb }: Member): void {
  const isAdding = verb === "add";
  const command = group
    .command(verb)
    .description(
      `${isAdding ? "Add users and roles to" : "Remove users and roles from"} the list that says ${about}. All other entries, the other lists and the value stay as they are.`,
    )
    .argument("<key>", "key of the secret")
    .argument("<name...>", "slugs and roles")
    .option("--dry-run", "show what would be done, and do nothing")
    .action(async (key: string, names: readonly string[], options: ChangeOptions) => {
      const [{ changeSecret }, { setList }] = await Promise.all([
        import("../plan/change-secret.ts"),
        import("../formats/secret-fields.ts"),
      ]);
      const given = names.flatMap((each) => each.split(",")).filter((each) => each !== "");
      if (given.length === 0) throw usageError("name the users or roles");
      await changeSecret(cli, command, key, options, (secret) => {
        const before = secret[list];
        const after = isAdding ? [...new Set([...before, ...given])] : before.filter((each) => !given.includes(each));
        if (after.length > limits.listEntries) {
          throw usageError(`${list} must have at most ${limits.listEntries} entries, and would have ${after.length}`);
        }
        const input = {};
        setList(input, list, after);
        return input;
      });
    });
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo secret ${name} ${verb} prod/DATABASE_URL api-svc\noo secret ${name} ${verb} API_KEY backend ops`,
  );
}
