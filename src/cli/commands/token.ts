import type { Command } from "commander";
import type { Token } from "../../../gen/secret/v1/identity_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { parseDuration } from "../frame/duration.ts";
import { grantTexts, parseGrants, toGrantsJson } from "../frame/grants.ts";
import { addExamples, addOutputOption, collect, openService } from "../frame/options.ts";
import { pageSize, readPages } from "../frame/pages.ts";
import { enumName } from "../print/enum-name.ts";
import { toJson } from "../print/escape.ts";
import { formatResult } from "../print/structured.ts";
import { formatTable } from "../print/table.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";
import { durationOf, timeText } from "../print/timestamp.ts";
import { tenantOption } from "./user.ts";

interface Shared {
  readonly tenant?: string;
  readonly output: "text" | TableFormat;
}

interface CreateOptions extends Shared {
  readonly ttl?: string;
  readonly description?: string;
  readonly can?: readonly string[];
}

export function addTokenCommands(parent: Command, cli: Cli): void {
  addCreate(parent, cli);
  addList(parent, cli);
  addRevoke(parent, cli);
}

function addCreate(parent: Command, cli: Cli): void {
  const command = parent
    .command("create")
    .description("Create a token and print it, with nothing else, on standard output. It cannot be shown again.")
    .argument("[slug]", "the user it is for (default: you)")
    .option("--ttl <duration>", "how long it is valid: a number and s, m, h, d or w, such as 12h (default: 90d)")
    .option("--description <text>", "what it is for")
    .option(
      "--can <action:pattern>",
      "narrow it to this: read, create, save-value, save-lists or remove, on keys that match; may be given several times (default: everything that its user may do)",
      collect,
    )
    .option(...tenantOption)
    .action((slug: string | undefined, options: CreateOptions) => createToken(cli, command, slug, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo token create payment-svc --ttl 90d
     oo token create ci --can 'create:prod/*' --can 'save-value:prod/*' --can 'save-lists:prod/*'
     export OO_TOKEN=$(oo token create ci --ttl 30m --description "nightly run")`,
  );
}

async function createToken(
  cli: Cli,
  command: Command,
  slug: string | undefined,
  options: CreateOptions,
): Promise<void> {
  const { ttl, description = "", tenant = "", can = [], output } = options;
  const request = {
    slug: slug ?? "",
    description,
    tenant,
    grants: parseGrants(can),
    ...(ttl === undefined ? {} : { ttl: durationOf(parseDuration(ttl, "--ttl")) }),
  };
  const service = await openService(cli, command);
  await (await import("../frame/grant-patterns.ts")).refuseNamespaces(service, request.grants, cli.output);
  const { secret, token } = await service.identity.createToken(request);
  const { toTokenJson } = await tokenFormats();
  if (output === "json") return cli.output.result(toJson({ secret, token: token && toTokenJson(token) }));
  const { escapeForDisplay } = await import("../print/escape.ts");
  cli.output.result(`${escapeForDisplay(secret)}\n`);
  const end = timeText(token?.expireAt);
  const validity = end === undefined ? "valid forever" : `valid until ${end}`;
  const narrowed = can.length === 0 ? "" : `, narrowed to ${grantTexts(token?.grants ?? []).join(" ")}`;
  cli.output.hint(`token ${token?.id} of ${token?.slug}, ${validity}${narrowed}; it is not shown again`);
}

function addList(parent: Command, cli: Cli): void {
  const command = parent
    .command("list")
    .description("List tokens, without showing the tokens themselves: your own or, for admins, those of all users.")
    .argument("[slug]", "only tokens of this user")
    .option(...tenantOption)
    .action(async (slug: string | undefined, { tenant = "", output }: Shared) => {
      const service = await openService(cli, command);
      const tokens: Token[] = [];
      const request = { slug: slug ?? "", tenant, pageSize };
      const read = (pageToken: string) => service.identity.listTokens({ ...request, pageToken });
      for await (const page of readPages(read)) tokens.push(...page.tokens);
      const { toTokenJson, toTable } = await tokenFormats();
      cli.output.result(await formatResult(output, tokens.map(toTokenJson), () => toTable(tokens, cli)));
    });
  addOutputOption(command, tableFormats);
  addExamples(command, "oo token list\noo token list payment-svc");
}

function addRevoke(parent: Command, cli: Cli): void {
  const command = parent
    .command("revoke")
    .description("Revoke a token: it is no longer accepted.")
    .argument("<id>", "id of the token, as `oo token list` names it")
    .option(...tenantOption)
    .action(async (id: string, { tenant = "", output }: Shared) => {
      const service = await openService(cli, command);
      const { token } = await service.identity.revokeToken({ id, tenant });
      const { toTokenJson } = await tokenFormats();
      if (output === "json") return cli.output.result(toJson(token && toTokenJson(token)));
      const { escapeForDisplay } = await import("../print/escape.ts");
      cli.output.result(`revoked token ${escapeForDisplay(`${token?.id} of ${token?.slug}`)}\n`);
    });
  addOutputOption(command, ["text", "json"]);
  addExamples(command, "oo token revoke tok_0123456789abcdef0123");
}

/** The names of the kinds are loaded with the client, when it is needed. */
async function tokenFormats() {
  const { CredentialKind } = await import("../../../gen/secret/v1/identity_service_pb.ts");

  function toTable(tokens: readonly Token[], { now, output }: Cli): string {
    const nowMs = now();
    const rows = tokens.map((token) => [
      token.id,
      token.slug,
      stateOf(token, nowMs),
      timeText(token.createdAt) ?? "",
      timeText(token.expireAt) ?? "never",
      grantTexts(token.grants).join(",") || "all",
      token.kind === CredentialKind.SESSION ? `session in "${token.client}"` : token.description,
    ]);
    return formatTable(["ID", "SLUG", "STATE", "CREATED", "EXPIRES", "CAN", "DESCRIPTION"], rows, true, output.columns);
  }

  function toTokenJson(token: Token) {
    const { id, tenant, slug, description, grants, createdAt, createdBy, expireAt, revokedAt, client } = token;
    const times = { createdAt: timeText(createdAt), expireAt: timeText(expireAt), revokedAt: timeText(revokedAt) };
    const login = { kind: enumName(CredentialKind, token.kind), client };
    return { id, tenant, slug, description, grants: toGrantsJson(grants), createdBy, ...times, ...login };
  }

  return { toTable, toTokenJson };
}

function stateOf({ revokedAt, expireAt }: Token, nowMs: number): string {
  if (revokedAt !== undefined) return "revoked";
  return expireAt !== undefined && Number(expireAt.seconds) * 1000 <= nowMs ? "expired" : "valid";
}
