import { Command, CommanderError } from "commander";
import { addApplyCommand } from "./commands/apply.ts";
import { addAuditCommands } from "./commands/audit.ts";
import { addCompletionCommands } from "./commands/completion.ts";
import { addConsoleCommand } from "./commands/console.ts";
import { addContextCommands } from "./commands/context.ts";
import { addDecryptCommand } from "./commands/decrypt.ts";
import { addEncryptCommand } from "./commands/encrypt.ts";
import { addExplainCommand, addWhoCanCommand } from "./commands/explain.ts";
import { addExportCommand } from "./commands/export.ts";
import { addIsSecureCommand } from "./commands/is-secure.ts";
import { addKeyCommands } from "./commands/keys.ts";
import { addLintCommand } from "./commands/lint.ts";
import { addListCommand } from "./commands/list.ts";
import { addLoginCommand } from "./commands/login.ts";
import { addLogoutCommand } from "./commands/logout.ts";
import { addPlanCommand } from "./commands/plan.ts";
import { addPurgeCommand } from "./commands/purge.ts";
import { addQuotaCommands } from "./commands/quota.ts";
import { addRemoveCommand } from "./commands/remove.ts";
import { addResealCommand } from "./commands/reseal.ts";
import { addRunCommand } from "./commands/run.ts";
import { addSaveCommand } from "./commands/save.ts";
import { addSealCommand } from "./commands/seal.ts";
import { addSealingKeyCommand } from "./commands/sealing-key.ts";
import { addTenantCommands } from "./commands/tenant.ts";
import { addTokenCommands } from "./commands/token.ts";
import { addUsageCommand } from "./commands/usage.ts";
import { addUserCommands, addWhoAmI } from "./commands/user.ts";
import { addRestoreCommand, addVersionsCommand } from "./commands/versions.ts";
import { addWatchCommand } from "./commands/watch.ts";
import type { Cli } from "./frame/cli.ts";
import { commandNames } from "./frame/complete.ts";
import { currentContext } from "./frame/contexts.ts";
import { CliError, systemCode } from "./frame/errors.ts";
import { serviceUrl } from "./frame/options.ts";
import { readVersion } from "./frame/version.ts";

/** Runs one command and reports everything that goes wrong. Returns the exit code. */
export async function runProgram(cli: Cli): Promise<number> {
  const program = createProgram(cli);
  try {
    await program.parseAsync(cli.args, { from: "user" });
    return cli.output.exitCode;
  } catch (error) {
    return report(error, cli, program);
  }
}

function createProgram(cli: Cli): Command {
  const program = new Command("oo")
    .description("Command line tool of the secrets service.")
    .option(
      "--url <url>",
      "address of the service (default: OO_URL, else that of the context in use, else http://127.0.0.1:11337)",
    )
    .option(
      "--token-file <file>",
      "file that holds the token (default: the token itself in OO_TOKEN, else that of the context in use)",
    )
    .option("-q, --quiet", "no hints and no progress on standard error")
    .hook("preAction", (_, command) => {
      if (command.optsWithGlobals<{ quiet?: boolean }>().quiet === true) cli.output.beQuiet();
    })
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .helpOption("-h, --help", "show this help")
    .helpCommand("help [command]", "show the help of a command")
    .configureOutput({ writeOut: cli.output.result, writeErr: () => undefined })
    .addHelpText("after", "\nEach command has its own help, with examples: oo secret save --help");
  const secret = program.command("secret").description("Save, list, seal, export, watch and remove secrets.");
  addSaveCommand(secret, cli);
  addPlanCommand(secret, cli);
  addApplyCommand(secret, cli);
  addLintCommand(secret, cli);
  addListCommand(secret, cli);
  addRemoveCommand(secret, cli);
  addVersionsCommand(secret, cli);
  addRestoreCommand(secret, cli);
  addPurgeCommand(secret, cli);
  addEncryptCommand(secret, cli);
  addSealCommand(secret, cli);
  addResealCommand(secret, cli);
  addDecryptCommand(secret, cli);
  addSealingKeyCommand(secret, cli);
  addExplainCommand(secret, cli);
  addWhoCanCommand(secret, cli);
  addUsageCommand(secret, cli);
  addIsSecureCommand(secret, cli);
  addExportCommand(secret, cli);
  addRunCommand(secret, cli);
  addWatchCommand(secret, cli);
  addUserCommands(program.command("user").description("Who you are, and the users of the tenant."), cli);
  addTokenCommands(program.command("token").description("Create, list and revoke tokens."), cli);
  addAuditCommands(program.command("audit").description("Who did what, and whether the records are intact."), cli);
  addQuotaCommands(program.command("quota").description("What users and tenants have, and may have."), cli);
  addTenantCommands(program.command("tenant").description("All tenants of the service. Operators only."), cli);
  addKeyCommands(program.command("keys").description("The encryption keys of the service. Operators only."), cli);
  addLoginCommand(program, cli);
  addLogoutCommand(program, cli);
  addWhoAmI(program, cli);
  addConsoleCommand(program, cli);
  addContextCommands(program.command("context").description("The services that you are logged in to."), cli);
  addCompletionCommands(program, cli);
  if (!hasOwnVersion(program, cli.args)) program.version(readVersion(), "-V, --version", "show the version");
  refuseWrongUsage(program, "oo");
  return program;
}

/**
 * Whether the command has its own option `--version`. The option of the program would take its place, wherever it
 * stands in the line.
 */
function hasOwnVersion(program: Command, args: readonly string[]): boolean {
  let command = program;
  for (const arg of args) command = command.commands.find((child) => child.name() === arg) ?? command;
  return command.options.some(({ long }) => long === "--version");
}

function refuseWrongUsage(command: Command, path: string): void {
  command.exitOverride((error) => {
    throw error.exitCode === 0 ? error : toUsageError(error, command, path);
  });
  for (const child of command.commands) refuseWrongUsage(child, `${path} ${child.name()}`);
}

/** Commands whose exit code 2 means something else. */
const withoutUsageCode: readonly string[] = ["oo secret plan"];

function toUsageError(error: CommanderError, command: Command, path: string): CliError {
  const { message, hints } = describeUsage(error, command, path);
  return new CliError(message, hints, withoutUsageCode.includes(path) ? 1 : 2);
}

/** commander quotes what it does not understand. Here that may be a value. */
function describeUsage(error: CommanderError, command: Command, path: string): { message: string; hints: string[] } {
  const hints = [`${path} --help`];
  switch (error.code) {
    case "commander.help":
      return { message: `${path} needs a command: ${commandNames(command).join(", ")}`, hints };
    case "commander.unknownOption": {
      const suggestion = /\(Did you mean (.+)\?\)$/.exec(error.message)?.[1];
      hints.push("a value that starts with '-' goes after '--', or to standard input");
      return { message: `unknown option${suggestion ? `, did you mean ${suggestion}?` : ""}`, hints };
    }
    case "commander.excessArguments": {
      const expected = command.registeredArguments.length;
      return { message: `too many arguments: ${path} takes ${expected === 0 ? "none" : `at most ${expected}`}`, hints };
    }
    default:
      return {
        message: error.message.replace(/^error: /, "").replace(/\n\(Did you mean (.+)\?\)$/, ", did you mean $1?"),
        hints,
      };
  }
}

async function report(error: unknown, cli: Cli, program: Command): Promise<number> {
  const { output } = cli;
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  if (error instanceof CliError) {
    output.error(error.message);
    for (const hint of error.hints) output.hint(hint);
    return error.exitCode;
  }
  const { describeServiceError, isUnauthenticated } = await import("./frame/service-error.ts");
  const url = addressFor(cli, program);
  const described = describeServiceError(error, url);
  for (const message of described?.errors ?? [internalErrorText(error)]) output.error(message);
  const isOver = isUnauthenticated(error) && usesContext(cli, program);
  const hints = isOver ? [`your session has ended, or was ended: oo login ${url}`] : described?.hints;
  for (const hint of hints ?? []) output.hint(hint);
  return 1;
}

/** An address that cannot be read is another error, which was reported before. */
function addressFor(cli: Cli, program: Command): string {
  try {
    return serviceUrl(cli, program);
  } catch {
    return "the service";
  }
}

/** Whether the token of a context was sent. */
function usesContext(cli: Cli, program: Command): boolean {
  const { tokenFile } = program.opts<{ tokenFile?: string }>();
  return tokenFile === undefined && !cli.env.OO_TOKEN && currentContext(cli) !== undefined;
}

/** Leaves out the message of the error, which may quote anything. */
function internalErrorText(error: unknown): string {
  const name = error instanceof Error ? error.name : typeof error;
  return `internal error (${systemCode(error) ?? name}): please report it`;
}
