import type { Command } from "commander";
import type { Cli } from "../frame/cli.ts";
import { changeContexts } from "../frame/context-file.ts";
import { currentContext, type NamedContext } from "../frame/contexts.ts";
import { CliError } from "../frame/errors.ts";
import { addExamples, connectWith } from "../frame/options.ts";
import { without } from "./context.ts";

export function addLogoutCommand(program: Command, cli: Cli): void {
  const command = program
    .command("logout")
    .description("End the session of the context in use, and forget it.")
    .option("--all", "end all your sessions at that service, those of browsers and other machines included")
    .action(({ all }: { readonly all?: boolean }) => logOut(cli, all === true));
  addExamples(command, "oo logout\noo logout --all");
}

async function logOut(cli: Cli, all: boolean): Promise<void> {
  const context = currentContext(cli);
  if (context === undefined) throw new CliError("you are not logged in", ["'oo context list' shows where you are"]);
  const ended = await endAt(cli, context, all);
  await changeContexts(cli, (contexts) => [without(contexts, context.name), undefined]);
  cli.output.result(`logged out of ${context.url}${ended === undefined ? "" : ` (sessions ended: ${ended})`}\n`);
  if (ended === undefined && !all) cli.output.hint("its token is not a session and stays valid: oo token revoke ID");
}

/** Undefined for a token that is not a session, or that is no longer valid. */
async function endAt(cli: Cli, { url, token }: NamedContext, all: boolean): Promise<number | undefined> {
  const { Code, ConnectError } = await import("@connectrpc/connect");
  const { logins } = await connectWith(cli, url, token);
  try {
    return (await logins.endSession({ all })).ended;
  } catch (error) {
    const isOver = error instanceof ConnectError && error.code === Code.Unauthenticated;
    const isToken = error instanceof ConnectError && error.code === Code.FailedPrecondition;
    if (isOver || isToken) return undefined;
    throw error;
  }
}
