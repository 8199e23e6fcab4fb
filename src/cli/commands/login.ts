import type { Command } from "commander";
import type { WhoAmIResponse } from "../../../gen/secret/v1/identity_service_pb.ts";
import type { LoginMethod } from "../../../gen/secret/v1/login_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { changeContexts } from "../frame/context-file.ts";
import { hostOf, requirePrivate } from "../frame/contexts.ts";
import { checkToken } from "../frame/credentials.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { promptHidden } from "../frame/hidden-prompt.ts";
import { addExamples, checkUrl, collect, connectWith, openService, serviceUrl } from "../frame/options.ts";
import { timeText } from "../print/timestamp.ts";
import { requireContextName } from "./context.ts";
import { logInInBrowser } from "./login-in-browser.ts";

export interface LoginOptions {
  readonly with?: string;
  readonly context?: string;
  readonly device?: boolean;
  readonly session?: string;
  readonly can?: readonly string[];
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
    .option(
      "--with <method>",
      "how: a login method of the service; 'token' asks for a token, without showing it, or reads it from standard input",
    )
    .option("--device", "the browser is on another machine: show a code to type there")
    .option("--session <duration>", "how long to stay logged in, such as 1h (default: as long as the service allows)")
    .option(
      "--can <action:pattern>",
      "narrow the session to this, such as read:dev/*; may be given several times",
      collect,
    )
    .option("--context <name>", "name of the context (default: the host of the service)")
    .action((url: string | undefined, options: LoginOptions) => logIn(cli, command, url, options));
  addExamples(
    command,
    `oo login https://secrets.example.com
     oo login https://secrets.example.com --device
     oo login --session 1h --can 'read:dev/*'
     oo login https://secrets.example.com --with token
     oo login https://secrets.example.com --with token --context prod < token-file`,
  );
}

async function logIn(cli: Cli, command: Command, given: string | undefined, options: LoginOptions): Promise<void> {
  const url = given === undefined ? serviceUrl(cli, command) : checkUrl(given);
  requirePrivate(url);
  if (options.context !== undefined) requireContextName(options.context);
  if (options.with === "token") {
    requireNoBrowserOptions(options);
    const token = await askForToken(cli);
    const me = await (await connectWith(cli, url, token)).identity.whoAmI({});
    await remember(cli, { url, token, name: options.context, me });
    return;
  }
  const { logins } = await openService(cli, command, { needsToken: false, url });
  const { methods, deviceLogin } = await logins.listLoginMethods({});
  requireMethod(url, methods, options.with);
  if (options.device === true && !deviceLogin) throw new CliError(`${url} has no login with a code that is typed`);
  if (!cli.output.isWatched) throw noTerminal(url);
  const { device = false, session, can: grants = [] } = options;
  const login = { method: options.with ?? "", isDevice: device, session, grants };
  const { token, who } = await logInInBrowser(cli, logins, login);
  if (who === undefined) throw new CliError("the service did not say who logged in");
  await remember(cli, { url, token, name: options.context, me: who });
}

/** In a pipeline no one could open the browser. */
function noTerminal(url: string): CliError {
  return new CliError("'oo login' needs a person at a terminal", [
    "in a pipeline, use the JWT that it gets from its own issuer (docs/oidc.md), or a token in OO_TOKEN",
    `with a token: oo login ${url} --with token`,
  ]);
}

function requireNoBrowserOptions({ device, session, can }: LoginOptions): void {
  const given = [device === true && "--device", session && "--session", can && "--can"].find((name) => name);
  if (given) throw usageError(`${given} does not go with --with token`);
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

function requireMethod(url: string, methods: readonly LoginMethod[], method: string | undefined): void {
  if (methods.length === 0 && method === undefined) {
    throw new CliError(`${url} has no login without a token`, [`oo login ${url} --with token`]);
  }
  if (method === undefined || methods.some(({ id }) => id === method)) return;
  const known = [...methods.map(({ id }) => id), "token"].join(", ");
  throw usageError(`${url} has no login method ${JSON.stringify(method)}; it has ${known}`);
}
