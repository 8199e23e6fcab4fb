import { join } from "node:path";
import type { Command } from "commander";
import { writePrivateFile } from "../../files/write-whole.ts";
import type { Cli } from "../frame/cli.ts";
import { makeStateFolder } from "../frame/context-file.ts";
import { CliError } from "../frame/errors.ts";
import { openInBrowser } from "../frame/open-in-browser.ts";
import { addExamples, openService } from "../frame/options.ts";

export function addConsoleCommand(program: Command, cli: Cli): void {
  const command = program
    .command("console")
    .description("Open the page of the service in your browser, signed in as you are here.")
    .action(() => openConsole(cli, command));
  addExamples(command, "oo console");
}

/**
 * The code that signs the browser in is in a file that only its owner can read, never on a command line, which every
 * user of the machine can see. It works once, within a minute.
 */
async function openConsole(cli: Cli, command: Command): Promise<void> {
  const { logins } = await openService(cli, command);
  const { url, expiresIn } = await logins.createHandoff({});
  const path = join(makeStateFolder(cli), "console.html");
  writePrivateFile(path, redirectTo(url), { replace: true });
  if (await openInBrowser(cli, path)) {
    cli.output.hint(`the page signs you in within ${expiresIn} seconds, once`);
    return;
  }
  throw new CliError("no browser could be started", [`open this file in one within ${expiresIn} seconds: ${path}`]);
}

function redirectTo(url: string): string {
  const escaped = url.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `<!doctype html>
<meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url=${escaped}">
<title>Opening the page</title>
<p><a href="${escaped}">Open the page</a></p>
`;
}
