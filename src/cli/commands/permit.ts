import type { Command } from "commander";
import type { Permit } from "../../../gen/secret/v1/identity_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { addExamples, addOutputOption, openService } from "../frame/options.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";

interface PermitOptions {
  readonly tenant?: string;
  readonly output?: "text" | "json";
}

interface ListOptions {
  readonly tenant?: string;
  readonly output: TableFormat;
}

const tenantOption = ["--tenant <tenant>", "a tenant other than your own (operators only)"] as const;

export function addPermitCommands(parent: Command, cli: Cli): void {
  addChangeCommand(parent, cli, {
    verb: "save",
    about:
      "Let a user or a role create the keys that match a pattern. A key that is created under a permit is owned by the name that has it, which enters all its lists. Admins only.",
    examples: "oo permit save web 'prod/web/*'\noo permit save web 'prod/web/*' 'staging/web/*'",
  });
  const list = parent
    .command("list")
    .alias("ls")
    .description("List permits: as an admin all of the tenant, otherwise your own and those of your roles.")
    .argument("[name]", "slug of a user, or a role")
    .option(...tenantOption)
    .action((name: string | undefined, options: ListOptions) => listPermits(cli, list, name, options));
  addOutputOption(list, tableFormats);
  addExamples(list, "oo permit list\noo permit list web -o json");
  addChangeCommand(parent, cli, {
    verb: "remove",
    about: "Take permits away. Secrets that were created under them stay as they are. Admins only.",
    examples: "oo permit remove web 'prod/web/*'",
  });
}

interface Change {
  readonly verb: "save" | "remove";
  readonly about: string;
  readonly examples: string;
}

function addChangeCommand(parent: Command, cli: Cli, { verb, about, examples }: Change): void {
  const command = parent
    .command(verb)
    .description(about)
    .argument("<name>", "slug of a user, or a role")
    .argument(
      "<pattern...>",
      "keys, with * for any characters, also /; in quotes. It does not reach under the slug of another user",
    )
    .option(...tenantOption)
    .action(async (name: string, patterns: readonly string[], options: PermitOptions) => {
      const { tenant = "" } = options;
      const service = await openService(cli, command);
      const permits = patterns.map((pattern) => ({ name, pattern }));
      if (verb === "save") {
        const { results } = await service.identity.savePermits({ permits, tenant });
        await report(
          cli,
          options,
          results.map(({ permit, created }) => ({ permit, verb: created ? "saved" : "unchanged" })),
        );
        const { hintUselessPermits } = await import("../frame/useless-permits.ts");
        await hintUselessPermits(cli, service, { permits, tenant });
      } else {
        const { removed } = await service.identity.removePermits({ permits, tenant });
        await report(
          cli,
          options,
          removed.map((permit) => ({ permit, verb: "removed" })),
        );
      }
    });
  if (verb === "remove") command.alias("rm");
  addOutputOption(command, ["text", "json"]);
  addExamples(command, examples);
}

interface Outcome {
  readonly permit: Permit | undefined;
  readonly verb: string;
}

async function report(cli: Cli, { output }: PermitOptions, outcomes: readonly Outcome[]): Promise<void> {
  const { escapeForDisplay, toJson } = await import("../print/escape.ts");
  const plain = outcomes.flatMap(({ permit, verb }) =>
    permit === undefined ? [] : { name: permit.name, pattern: permit.pattern, outcome: verb },
  );
  if (output === "json") return cli.output.result(toJson(plain));
  for (const { name, pattern, outcome } of plain) {
    cli.output.result(`${escapeForDisplay(`${outcome}: ${name} may create ${pattern}`)}\n`);
  }
}

async function listPermits(cli: Cli, command: Command, name = "", { tenant = "", output }: ListOptions): Promise<void> {
  const service = await openService(cli, command);
  const { permits } = await service.identity.listPermits({ name, tenant });
  const [{ formatResult }, { formatTable }] = await Promise.all([
    import("../print/structured.ts"),
    import("../print/table.ts"),
  ]);
  const plain = permits.map((permit) => ({ name: permit.name, pattern: permit.pattern }));
  const rows = plain.map((permit) => [permit.name, permit.pattern]);
  const toTable = () => (rows.length === 0 ? "" : formatTable(["NAME", "PATTERN"], rows, true, cli.output.columns));
  cli.output.result(await formatResult(output, plain, toTable));
  if (rows.length === 0) cli.output.hint("there are no permits: oo permit save NAME 'PATTERN'");
}
