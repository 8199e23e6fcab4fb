import type { Command } from "commander";
import type { GetQuotasResponse, Quotas } from "../../../gen/secret/v1/identity_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";
import { addExamples, addOutputOption, openService } from "../frame/options.ts";
import { formatResult } from "../print/structured.ts";
import { formatTable } from "../print/table.ts";
import type { TableFormat } from "../print/table-format.ts";
import { bytesText, toUsageJson, usageLines } from "../print/usage.ts";
import { tenantOption } from "./user.ts";

type Limit = Exclude<keyof Quotas, "$typeName" | "$unknown">;

const limits: readonly { readonly name: Limit; readonly option: string; readonly about: string }[] = [
  { name: "userSecrets", option: "--user-secrets", about: "secrets that one user may own" },
  { name: "userBytes", option: "--user-bytes", about: "bytes of the secrets of one user, with their history" },
  { name: "userTokens", option: "--user-tokens", about: "live tokens of one user" },
  { name: "userWatches", option: "--user-watches", about: "open watches of one user on each process" },
  { name: "tenantSecrets", option: "--tenant-secrets", about: "secrets of the tenant" },
  { name: "tenantBytes", option: "--tenant-bytes", about: "bytes of all secrets of the tenant, with their history" },
  { name: "tenantTokens", option: "--tenant-tokens", about: "live tokens of all users of the tenant" },
  { name: "tenantWatches", option: "--tenant-watches", about: "open watches of the tenant on each process" },
];

interface Shared {
  readonly tenant?: string;
  readonly output: "text" | TableFormat;
}

export function addQuotaCommands(parent: Command, cli: Cli): void {
  addShow(parent, cli);
  addSet(parent, cli);
}

function addShow(parent: Command, cli: Cli): void {
  const command = parent
    .command("show")
    .description(
      "Show what the tenant and a user have and may have, and which limits were set for the tenant. Admins only.",
    )
    .argument("[slug]", "the user (default: you)")
    .option(...tenantOption)
    .action(async (slug: string | undefined, { tenant = "", output }: Shared) => {
      const service = await openService(cli, command);
      const answer = await service.identity.getQuotas({ tenant, slug: slug ?? "" });
      cli.output.result(await formatResult(output, toQuotasJson(answer), () => toQuotasText(answer)));
    });
  addOutputOption(command, ["text", "json", "yaml"]);
  addExamples(command, "oo quota show\noo quota show payment-svc\noo quota show --tenant acme -o json");
}

function addSet(parent: Command, cli: Cli): void {
  const command = parent
    .command("set")
    .description(
      "Give a tenant limits of its own. What is not given stays as it is. Each is a number, 'off' for no limit, or 'default' for that of the service's settings; bytes may end in KiB, MiB or GiB. Operators only.",
    )
    .option(...tenantOption);
  for (const { option, about } of limits) command.option(`${option} <limit>`, about);
  command.action(async (options: Shared & Partial<Record<Limit, string>>) => {
    const quotas: Partial<Record<Limit, bigint>> = {};
    const clear: string[] = [];
    for (const { name, option } of limits) {
      const text = options[name];
      if (text === "default") clear.push(name);
      else if (text !== undefined) quotas[name] = parseLimit(text, option, name.endsWith("Bytes"));
    }
    if (Object.keys(quotas).length + clear.length === 0)
      throw usageError("name at least one limit", "oo quota set --help");
    const service = await openService(cli, command);
    const { own } = await service.identity.setQuotas({ tenant: options.tenant ?? "", quotas, clear });
    const text = () => formatTable(["", ""], ownLines(own), false) || "all limits are those of the settings\n";
    cli.output.result(await formatResult(options.output, toOwnJson(own), text));
  });
  addOutputOption(command, ["text", "json", "yaml"]);
  addExamples(
    command,
    `oo quota set --tenant acme --tenant-bytes 2GiB --user-tokens 50
     oo quota set --tenant acme --tenant-bytes default`,
  );
}

const units: Readonly<Record<string, bigint>> = { "": 1n, KiB: 1024n, MiB: 1024n ** 2n, GiB: 1024n ** 3n };

function parseLimit(text: string, option: string, isBytes: boolean): bigint {
  if (text === "off") return BigInt(Number.MAX_SAFE_INTEGER);
  const [, digits, unit = ""] = (isBytes ? /^(\d{1,15})(KiB|MiB|GiB)?$/ : /^(\d{1,15})$/).exec(text) ?? [];
  if (digits !== undefined) return BigInt(digits) * (units[unit] ?? 1n);
  throw usageError(
    `${option} must be ${isBytes ? "a number of bytes such as 500MiB" : "a whole number"}, off or default`,
  );
}

function toQuotasText({ tenant, user, own }: GetQuotasResponse): string {
  const section = (title: string, lines: readonly string[][]) =>
    lines.length === 0
      ? ""
      : `${title}\n${formatTable(
          ["", ""],
          lines.map(([name = "", ...rest]) => [`  ${name}`, ...rest]),
          false,
        )}`;
  return [
    section("tenant", usageLines(tenant)),
    section("user", usageLines(user)),
    section("set for this tenant", ownLines(own)),
  ].join("");
}

function ownLines(own: Quotas | undefined): string[][] {
  return limits.flatMap(({ name, option }) => {
    const limit = own?.[name];
    if (limit === undefined) return [];
    const isOff = limit >= BigInt(Number.MAX_SAFE_INTEGER);
    return [[`${option.slice(2)}:`, isOff ? "off" : name.endsWith("Bytes") ? bytesText(limit) : String(limit)]];
  });
}

function toQuotasJson({ tenant, user, own }: GetQuotasResponse) {
  return { tenant: toUsageJson(tenant), user: toUsageJson(user), own: toOwnJson(own) };
}

function toOwnJson(own: Quotas | undefined): Partial<Record<Limit, number>> {
  const set: Partial<Record<Limit, number>> = {};
  for (const { name } of limits) {
    const limit = own?.[name];
    if (limit !== undefined) set[name] = Number(limit);
  }
  return set;
}
