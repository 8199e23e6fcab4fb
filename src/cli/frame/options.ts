import { type Command, Option } from "commander";
import type { Cli } from "./cli.ts";
import type { Service } from "./client.ts";
import { currentContext } from "./contexts.ts";
import { usageError } from "./errors.ts";

const defaultUrl = "http://127.0.0.1:11337";
const countForm = /^(0|[1-9][0-9]{0,9})$/;
const exitCodes = "Exit codes: 0 done, 1 failed, 2 wrong usage.";

/** Adds examples and exit codes at the end of a command's help. */
export function addExamples(command: Command, examples: string, codes = exitCodes): Command {
  const lines = examples.trim().split("\n");
  return command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  ${line.trim()}\n`).join("")}\n${codes}`);
}

/**
 * The first format is the default. With `defaultText` the option has no default: the command decides, and the text
 * describes its choice.
 */
export function addOutputOption(
  command: Command,
  formats: readonly [string, ...string[]],
  defaultText?: string,
): Command {
  const text = `format of the result${defaultText === undefined ? "" : `, by default ${defaultText}`}`;
  const option = new Option("-o, --output <format>", text).choices(formats);
  return command.addOption(defaultText === undefined ? option.default(formats[0]) : option);
}

/** For commands that ask before they act. `--auto-approve` skips the question, for runs where no one can answer it. */
export interface ApprovalOption {
  readonly autoApprove?: boolean;
}

/** Adds the option of `ApprovalOption`. */
export function addApprovalOption(command: Command): Command {
  return command.option("--auto-approve", "do not ask; for scripts and pipelines");
}

/** Parser for an option that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

/** Like `collect`, for lists of names: `a,b` is two names, and an empty text is the empty list. */
export function collectNames(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, ...value.split(",").filter((name) => name !== "")];
}

/** A whole number from `least` to 4,294,967,295. Anything else is a usage error that names `option`. */
export function parseCount(text: string, option: string, least = 0, ...hints: readonly string[]): number {
  const count = countForm.test(text) ? Number(text) : -1;
  if (count < least || count > 0xffff_ffff)
    throw usageError(`${option} must be a whole number from ${least} to 4294967295`, ...hints);
  return count;
}

/**
 * The address of the service: `--url`, else OO_URL, else that of the context in use, else the one that it listens on by
 * default.
 */
export function serviceUrl(cli: Cli, command: Command): string {
  const { url } = command.optsWithGlobals<{ url?: string }>();
  return checkUrl(url ?? (cli.env.OO_URL || currentContext(cli)?.url || defaultUrl));
}

/** Returns the address without a slash at its end. Throws a usage error for one that cannot be of a service. */
export function checkUrl(text: string): string {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed?.protocol !== "http:" && parsed?.protocol !== "https:") {
    throw usageError("the address of the service must start with http:// or https://", `such as ${defaultUrl}`);
  }
  if (parsed.username !== "" || parsed.password !== "" || parsed.search !== "" || parsed.hash !== "") {
    throw usageError("the address of the service must not hold credentials, a query or a fragment");
  }
  return text.replace(/\/+$/, "");
}

/**
 * A client for the service, with the address and the token from the options and the environment. The client is loaded
 * when it is needed. Without `needsToken`, no token is looked for or sent.
 */
export async function openService(
  cli: Cli,
  command: Command,
  { needsToken = true, url = serviceUrl(cli, command) } = {},
): Promise<Service> {
  const { tokenFile } = command.optsWithGlobals<{ tokenFile?: string }>();
  const { connect, connectWithoutToken } = await import("./client.ts");
  return needsToken ? connect(cli, url, tokenFile) : connectWithoutToken(cli, url);
}

/** A client with this token, whatever the environment says. */
export async function connectWith(cli: Cli, url: string, token: string): Promise<Service> {
  return (await import("./client.ts")).connectWith(cli, url, token);
}
