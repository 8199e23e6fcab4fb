import type { Command } from "commander";
import type { DirectoryName } from "../../../gen/secret/v1/identity_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { addExamples, addOutputOption, openService } from "../frame/options.ts";
import { pageSize, readPages } from "../frame/pages.ts";
import { enumName } from "../print/enum-name.ts";
import { formatResult } from "../print/structured.ts";
import { formatTable } from "../print/table.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";

export function addNamesCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("names")
    .description(
      "List the names of users and roles, for access lists. Admins also see which users are admins, and which have a role; others see that of themselves.",
    )
    .argument("[prefix]", "only names that start with this")
    .action(async (prefix: string | undefined, { output }: { output: TableFormat }) => {
      const service = await openService(cli, command);
      const { NameKind } = await import("../../../gen/secret/v1/identity_service_pb.ts");
      const kindOf = ({ kind }: DirectoryName) => enumName(NameKind, kind).toLowerCase();
      const names: DirectoryName[] = [];
      const read = (pageToken: string) => service.identity.listNames({ prefix: prefix ?? "", pageSize, pageToken });
      for await (const page of readPages(read)) names.push(...page.names);
      const plain = names.map((each) => ({
        name: each.name,
        kind: kindOf(each).toUpperCase(),
        members: each.members,
        isAdmin: each.isAdmin,
      }));
      const rows = names.map((each) => [each.name, kindOf(each), each.isAdmin ? "admin" : each.members.join(",")]);
      const toTable = () => formatTable(["NAME", "KIND", "MEMBERS"], rows, true, cli.output.columns);
      cli.output.result(await formatResult(output, plain, toTable));
    });
  addOutputOption(command, tableFormats);
  addExamples(command, "oo user names\noo user names payment\noo user names -o json");
}
