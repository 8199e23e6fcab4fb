import type { Command } from "commander";
import type { WhoAmIResponse } from "../../../gen/secret/v1/identity_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { changeContexts } from "../frame/context-file.ts";
import { hostOf, requirePrivate } from "../frame/contexts.ts";
import { checkToken } from "../frame/credentials.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { promptHidden } from "../frame/hidden-prompt.ts";
import { addExamples, checkUrl, connectWith, openService, serviceUrl } from "../frame/options.ts";
import { timeText } from "../frame/timestamp.ts";
import { requireContextName } from "./context.ts";

export interface LoginOptions {
  readonly with?: string;
  readonly context?: string;
}

/** The longest token, and room for line breaks. */
const inputBytes = 64 * 1024;

export function addLoginCommand(program: Command, cli: Cli): void {
  const command = program
    .command("login")
    .description(
      "Log in to a service, and remember it as a context. Later commands use it without OO_URL and OO_TOKEN.",
    )
    .argument("[url]", "address of the service (default: as for every command)")
    .option("--with <method>", "how: 'token' asks for a token, without showing it, or reads it from standard input")
    .option("--context <name>", "name of the context (default: the host of the service)")
    .action((url: string | undefined, options: LoginOptions) => logIn(cli, command, url, options));
  addExamples(
    command,
    `oo login https://secrets.example.com --with token
     oo login https://secrets.example.com --with token --context prod < token-file`,
  );
}

async function logIn(cli: Cli, command: Command, given: string | undefined, options: LoginOptions): Promise<void> {
  const url = given === undefined ? serviceUrl(cli, command) : checkUrl(given);
  requirePrivate(url);
  if (options.context !== undefined) requireContextName(options.context);
  if (options.with !== "token") await refuseMethod(cli, command, url, options.with);
  const token = await askForToken(cli);
  const me = await (await connectWith(cli, url, token)).identity.whoAmI({});
  await remember(cli, { url, token, name: options.context, me });
}

/** Stores a login as a context and puts it in use. */
export async function remember(
  cli: Cli,
  login: {
    readonly url: string;
    readonly token: string;
    readonly name: string | undefined;
    readonly me: WhoAmIResponse;
  },
): Promise<void> {
  const { url, token, me } = login;
  const name = login.name ?? hostOf(url).replaceAll(/[[\]]/g, "");
  const ends = timeText(me.tokenExpireAt) ?? "";
  const context = { url, slug: me.slug, tenant: me.tenant, token, ends };
  await changeContexts(cli, ({ contexts }) => [
    { current: name, contexts: { ...contexts, [name]: context } },
    undefined,
  ]);
  const until = ends === "" ? "" : `, until ${ends}`;
  cli.output.result(`logged in to ${url} as ${me.slug} of ${me.tenant}${until} (context ${name})\n`);
}

async function askForToken(cli: Cli): Promise<string> {
  const input = cli.stdin();
  const bytes = input.isTTY === true ? await promptHidden("Token: ") : await readAll(input);
  return checkToken(bytes.toString().trim(), "what was given", "no token was given");
}

async function readAll(input: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of input) {
    parts.push(part);
    bytes += part.length;
    if (bytes > inputBytes) throw new CliError("standard input is too long for a token");
  }
  return Buffer.concat(parts);
}

async function refuseMethod(cli: Cli, command: Command, url: string, method: string | undefined): Promise<never> {
  const { logins } = await openService(cli, command, { needsToken: false, url });
  const { methods } = await logins.listLoginMethods({});
  const known = [...methods.map(({ id }) => id), "token"].join(", ");
  if (method !== undefined) throw usageError(`${url} has no login method ${JSON.stringify(method)}; it has ${known}`);
  throw new CliError(`${url} has no login without a token`, [`oo login ${url} --with token`]);
}
