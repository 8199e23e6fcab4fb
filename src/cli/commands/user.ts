import type { Command } from "commander";
import type { User, WhoAmIResponse } from "../../../gen/secret/v1/identity_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { usageError } from "../frame/errors.ts";
import { grantTexts, toGrantsJson } from "../frame/grants.ts";
import { addExamples, addOutputOption, collectNames, openService } from "../frame/options.ts";
import { pageSize, readPages } from "../frame/pages.ts";
import { enumName } from "../print/enum-name.ts";
import { escapeForDisplay, toJson } from "../print/escape.ts";
import { formatResult } from "../print/structured.ts";
import { formatTable } from "../print/table.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";
import { timeText } from "../print/timestamp.ts";
import { toUsageJson, usageLines } from "../print/usage.ts";
import { addInviteCommand } from "./user-invite.ts";
import { addLinkCommand } from "./user-link.ts";
import { addNamesCommand } from "./user-names.ts";

interface Shared {
  readonly tenant?: string;
  readonly output: "text" | TableFormat;
}

interface SaveOptions extends Shared {
  readonly role?: readonly string[];
  readonly clearRoles?: boolean;
  readonly admin?: boolean;
  readonly operator?: boolean;
  readonly reuse?: boolean;
}

export const tenantOption = ["--tenant <tenant>", "a tenant other than your own (operators only)"] as const;

export function addUserCommands(parent: Command, cli: Cli): void {
  addWhoAmI(parent, cli);
  addSave(parent, cli);
  addList(parent, cli);
  addNamesCommand(parent, cli);
  addLinkCommand(parent, cli);
  addInviteCommand(parent, cli);
  addRemove(parent, cli);
}

/** Also a command of its own: who is asked most. */
export function addWhoAmI(parent: Command, cli: Cli): void {
  const command = parent
    .command("whoami")
    .description(
      "Show whom the token belongs to: tenant, slug, roles and flags. Also show what it is narrowed to, when it expires, and what you have and may have.",
    )
    .action(async ({ output }: Shared) => {
      const service = await openService(cli, command);
      const me = await service.identity.whoAmI({});
      const { CredentialKind } = await import("../../../gen/secret/v1/identity_service_pb.ts");
      const plain = { ...toWhoAmIJson(me), credential: enumName(CredentialKind, me.credential) };
      cli.output.result(await formatResult(output, plain, () => toWhoAmIText(me)));
    });
  addOutputOption(command, ["text", "json", "yaml"]);
  const path = parent.name() === "oo" ? "oo whoami" : "oo user whoami";
  addExamples(command, `${path}\n${path} -o json`);
}

function addSave(parent: Command, cli: Cli): void {
  const command = parent
    .command("save")
    .description("Create or change a user. Anything not given stays as it is. Admins only.")
    .argument("<slug>", "name of the user, such as payment-svc")
    .option(
      "--role <roles>",
      "roles (teams); replaces all current roles; separated by commas; may be given several times",
      collectNames,
    )
    .option("--clear-roles", "remove all roles")
    .option("--admin", "give every right on every secret of the tenant")
    .option("--no-admin", "remove the admin flag")
    .option("--operator", "let the user manage the service itself, such as its keys and other tenants (operators only)")
    .option("--no-operator", "remove the operator flag (operators only)")
    .option("--reuse", "take over the slug of a removed user, which may still be in access lists")
    .option(...tenantOption)
    .action((slug: string, options: SaveOptions) => saveUser(cli, command, slug, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo user save payment-svc --role backend
     oo user save alice --role platform-team,sre-team
     oo user save ci --admin`,
  );
}

async function saveUser(cli: Cli, command: Command, slug: string, options: SaveOptions): Promise<void> {
  const { role = [], clearRoles, admin, operator, reuse = false, tenant = "", output } = options;
  if (options.role?.length === 0) throw usageError("--role names no role", "--clear-roles removes all roles");
  if (clearRoles === true && role.length > 0) throw usageError("--role and --clear-roles cannot be used together");
  const service = await openService(cli, command);
  const { UserOutcome } = await import("../../../gen/secret/v1/identity_service_pb.ts");
  const user = {
    slug,
    roles: [...role],
    clear: clearRoles === true ? ["roles"] : [],
    reuse,
    ...(admin === undefined ? {} : { admin }),
    ...(operator === undefined ? {} : { operator }),
  };
  const { results } = await service.identity.saveUsers({ users: [user], tenant });
  for (const result of results) {
    const name = enumName(UserOutcome, result.outcome);
    if (output === "json") cli.output.result(toJson({ outcome: name, user: result.user && toUserJson(result.user) }));
    else {
      const about = result.user ? escapeForDisplay(describe(result.user)) : "";
      cli.output.result(`${name.toLowerCase()} user ${slug}${about}\n`);
    }
  }
}

function addList(parent: Command, cli: Cli): void {
  const command = parent
    .command("list")
    .description("List the users of the tenant. Admins only.")
    .option(...tenantOption)
    .action(async ({ tenant = "", output }: Shared) => {
      const service = await openService(cli, command);
      const users: User[] = [];
      const read = (pageToken: string) => service.identity.listUsers({ tenant, pageSize, pageToken });
      for await (const page of readPages(read)) users.push(...page.users);
      cli.output.result(await formatResult(output, users.map(toUserJson), () => toTable(users, cli.output.columns)));
    });
  addOutputOption(command, tableFormats);
  addExamples(command, "oo user list\noo user list -o json");
}

function addRemove(parent: Command, cli: Cli): void {
  const command = parent
    .command("remove")
    .description("Remove users and revoke their tokens: all of them, or none. Admins only.")
    .argument("<slug...>", "names of the users")
    .option(...tenantOption)
    .action(async (slugs: readonly string[], { tenant = "", output }: Shared) => {
      const service = await openService(cli, command);
      const { removed, tokensRevoked } = await service.identity.removeUsers({ slugs: [...slugs], tenant });
      if (output === "json") return cli.output.result(toJson({ removed, tokensRevoked }));
      for (const slug of removed) cli.output.result(`removed user ${escapeForDisplay(slug)}\n`);
      const tokens = tokensRevoked === 1 ? "their 1 token was" : `their ${tokensRevoked} tokens were`;
      cli.output.hint(tokensRevoked === 0 ? "they had no tokens to revoke" : `${tokens} revoked`);
    });
  addOutputOption(command, ["text", "json"]);
  addExamples(command, "oo user remove payment-svc\noo user remove alice bob");
}

function describe({ roles, admin, operator }: User): string {
  const parts = [...(roles.length === 0 ? [] : [`roles ${roles.join(", ")}`]), ...flags(admin, operator)];
  return parts.length === 0 ? "" : ` (${parts.join("; ")})`;
}

function flags(admin: boolean, operator: boolean): string[] {
  return [...(admin ? ["admin"] : []), ...(operator ? ["operator"] : [])];
}

function toTable(users: readonly User[], width: number | undefined): string {
  const rows = users.map(({ slug, roles, admin, operator, createdAt, createdBy }) => [
    slug,
    roles.join(","),
    flags(admin, operator).join(","),
    timeText(createdAt) ?? "",
    createdBy,
  ]);
  return formatTable(["SLUG", "ROLES", "FLAGS", "CREATED", "BY"], rows, true, width);
}

function toUserJson({ tenant, slug, roles, admin, operator, ...rest }: User) {
  const { createdAt, createdBy, updatedAt, updatedBy, invitationExpireAt, invitationUsedAt } = rest;
  const times = { createdAt: timeText(createdAt), createdBy, updatedAt: timeText(updatedAt), updatedBy };
  const invitation = { invitationExpireAt: timeText(invitationExpireAt), invitationUsedAt: timeText(invitationUsedAt) };
  return { tenant, slug, roles, admin, operator, ...times, ...invitation };
}

function toWhoAmIText(me: WhoAmIResponse): string {
  const lines = [
    ["tenant:", me.tenant],
    ["slug:", me.slug],
    ...(me.displayName === "" ? [] : [["name:", me.displayName]]),
    ["roles:", me.roles.join(", ") || "-"],
    ["admin:", me.admin ? "yes" : "no"],
    ["operator:", me.operator ? "yes" : "no"],
    ["token:", me.tokenId || "-"],
    ["expires:", timeText(me.tokenExpireAt) ?? "never"],
    ...(me.grants.length === 0 ? [] : [["can only:", grantTexts(me.grants).join(", ")]]),
    ...usageLines(me.usage),
  ];
  return formatTable(["", ""], lines, false);
}

function toWhoAmIJson({ tenant, slug, roles, admin, operator, ...rest }: WhoAmIResponse) {
  const { grants, tokenId, tokenExpireAt, usage, displayName, serviceVersion } = rest;
  const token = {
    grants: toGrantsJson(grants),
    tokenId,
    tokenExpireAt: timeText(tokenExpireAt),
    usage: toUsageJson(usage),
    displayName,
    serviceVersion,
  };
  return { tenant, slug, roles, admin, operator, ...token };
}
