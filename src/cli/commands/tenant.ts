import type { Command } from "commander";
import type { TenantSummary } from "../../../gen/secret/v1/identity_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { addExamples, addOutputOption, openService } from "../frame/options.ts";
import { pageSize, readPages } from "../frame/pages.ts";
import { formatResult } from "../print/structured.ts";
import { formatTable } from "../print/table.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";

export function addTenantCommands(parent: Command, cli: Cli): void {
  const command = parent
    .command("list")
    .description("List all tenants, with how much is in each. Operators only.")
    .action(async ({ output }: { output: TableFormat }) => {
      const service = await openService(cli, command);
      const tenants: TenantSummary[] = [];
      const read = (pageToken: string) => service.identity.listTenants({ pageSize, pageToken });
      for await (const page of readPages(read)) tenants.push(...page.tenants);
      cli.output.result(await formatResult(output, tenants.map(toJson), () => toTable(tenants, cli.output.columns)));
    });
  addOutputOption(command, tableFormats);
  addExamples(command, "oo tenant list\noo tenant list -o json");
}

function toTable(tenants: readonly TenantSummary[], width: number | undefined): string {
  const rows = tenants.map(({ tenant, users, admins, secrets }) => [tenant, ...[users, admins, secrets].map(String)]);
  return formatTable(["TENANT", "USERS", "ADMINS", "SECRETS"], rows, true, width);
}

function toJson({ tenant, users, admins, secrets }: TenantSummary) {
  return { tenant, users, admins, secrets: Number(secrets) };
}
