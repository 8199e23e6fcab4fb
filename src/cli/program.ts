import { Command, CommanderError } from "commander";
import { addApplyCommand } from "./commands/apply.ts";
import { addAuditCommands } from "./commands/audit.ts";
import { addCompletionCommands } from "./commands/completion.ts";
import { addConsoleCommand } from "./commands/console.ts";
import { addContextCommands } from "./commands/context.ts";
import { addCopyCommands } from "./commands/copy.ts";
import { addDecryptCommand } from "./commands/decrypt.ts";
import { addDiffCommand } from "./commands/diff.ts";
import { addEditCommand } from "./commands/edit.ts";
import { addEncryptCommand } from "./commands/encrypt.ts";
import { addExplainCommand, addWhoCanCommand } from "./commands/explain.ts";
import { addExportCommand } from "./commands/export.ts";
import { addFindCommand } from "./commands/find.ts";
import { addGenerateCommand } from "./commands/generate.ts";
import { addGetCommand } from "./commands/get.ts";
import { addImportCommand } from "./commands/import.ts";
import { addIsSecureCommand } from "./commands/is-secure.ts";
import { addKeyCommands } from "./commands/keys.ts";
import { addLintCommand } from "./commands/lint.ts";
import { addListCommand } from "./commands/list.ts";
import { addLoginCommand } from "./commands/login.ts";
import { addLogoutCommand } from "./commands/logout.ts";
import { addMemberCommands } from "./commands/members.ts";
import { addMetadataCommands } from "./commands/metadata.ts";
import { addPermitCommands } from "./commands/permit.ts";
import { addPlanCommand } from "./commands/plan.ts";
import { addPurgeCommand } from "./commands/purge.ts";
import { addQuotaCommands } from "./commands/quota.ts";
import { addRemoveCommand, addRmCommand } from "./commands/remove.ts";
import { addResealCommand } from "./commands/reseal.ts";
import { addRollbackCommand } from "./commands/rollback.ts";
import { addRunCommand } from "./commands/run.ts";
import { addSaveCommand } from "./commands/save.ts";
import { addScanCommand } from "./commands/scan.ts";
import { addSealCommand } from "./commands/seal.ts";
import { addSealingKeyCommand } from "./commands/sealing-key.ts";
import { addStatusCommand } from "./commands/status.ts";
import { addTeamCommands } from "./commands/team.ts";
import { addTenantCommands } from "./commands/tenant.ts";
import { addTokenCommands } from "./commands/token.ts";
import { addUndeleteCommand } from "./commands/undelete.ts";
import { addUsageCommand } from "./commands/usage.ts";
import { addUserCommands, addWhoAmI } from "./commands/user.ts";
import { addRestoreCommand, addVersionsCommand } from "./commands/versions.ts";
import { addWatchCommand } from "./commands/watch.ts";
import type { Cli } from "./frame/cli.ts";
import { currentContext } from "./frame/contexts.ts";
import { CliError, systemCode } from "./frame/errors.ts";
import { refuseSecondValues } from "./frame/given-once.ts";
import { addKeyNamespaces } from "./frame/key-namespace.ts";
import { serviceUrl } from "./frame/options.ts";
import { readVersion } from "./frame/version.ts";
import { addHelp, formatOverview } from "./help.ts";
import { toUsageError } from "./usage-errors.ts";

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

/** All commands of `oo`. */
export function createProgram(cli: Cli): Command {
  const program = new Command("oo")
    .description("Command line tool of the secrets service.")
    .option(
      "--url <url>",
      "address of the service (default: OO_URL, else that of the context in use, else http://127.0.0.1:11337)",
    )
    .option(
      "--token-file <file>",
      "file that holds the token (default: OO_TOKEN, else OO_CLIENT_CERT and OO_CLIENT_KEY, else the context in use)",
    )
    .option("-q, --quiet", "no hints and no progress on standard error")
    .hook("preAction", (_, command) => {
      if (command.optsWithGlobals<{ quiet?: boolean }>().quiet === true) cli.output.beQuiet();
    })
    .configureHelp({
      showGlobalOptions: true,
      subcommandTerm: (command) => command.name(),
      // Commander itself wraps no text that has less than 40 columns.
      minWidthToWrap: 16,
    })
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .configureOutput({ writeOut: cli.output.result, writeErr: () => undefined });
  const secret = program.command("secret").description("Save, list, seal, export, watch and remove secrets.");
  addSaveCommand(secret, cli);
  addPlanCommand(secret, cli);
  addApplyCommand(secret, cli);
  addLintCommand(secret, cli);
  addGetCommand(secret, cli);
  addEditCommand(secret, cli);
  addGenerateCommand(secret, cli);
  addListCommand(secret, cli);
  addFindCommand(secret, cli);
  addRemoveCommand(secret, cli);
  addRmCommand(secret, cli);
  addUndeleteCommand(secret, cli);
  addCopyCommands(secret, cli);
  addVersionsCommand(secret, cli);
  addDiffCommand(secret, cli);
  addRestoreCommand(secret, cli);
  addRollbackCommand(secret, cli);
  addPurgeCommand(secret, cli);
  addEncryptCommand(secret, cli);
  addSealCommand(secret, cli);
  addResealCommand(secret, cli);
  addDecryptCommand(secret, cli);
  addSealingKeyCommand(secret, cli);
  addScanCommand(secret, cli);
  addMetadataCommands(secret, cli);
  addMemberCommands(secret, cli);
  addExplainCommand(secret, cli);
  addWhoCanCommand(secret, cli);
  addUsageCommand(secret, cli);
  addIsSecureCommand(secret, cli);
  addImportCommand(secret, cli);
  addExportCommand(secret, cli);
  addRunCommand(secret, cli);
  addWatchCommand(secret, cli);
  addKeyNamespaces(secret);
  addUserCommands(program.command("user").description("Who you are, and the users of the tenant."), cli);
  addPermitCommands(program.command("permit").description("Who may create which keys."), cli);
  addTeamCommands(program.command("team").description("Users, permits and tokens from a file."), cli);
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
  addStatusCommand(program, cli);
  addHelp(program, cli);
  if (!hasOwnVersion(program, cli.args)) program.version(readVersion(), "-V, --version", "show the version");
  refuseWrongUsage(program, "oo", cli.args);
  return program;
}

/**
 * Whether the command has its own option `--version`. The option of the program would take its place, wherever it
 * stands in the line.
 */
function hasOwnVersion(program: Command, args: readonly string[]): boolean {
  let command = program;
  for (const arg of args)
    command = command.commands.find((child) => child.name() === arg || child.aliases().includes(arg)) ?? command;
  return command.options.some(({ long }) => long === "--version");
}

function refuseWrongUsage(command: Command, path: string, args: readonly string[]): void {
  if (command.parent !== null) refuseSecondValues(command, path);
  command.exitOverride((error) => {
    if (error.exitCode === 0) throw error;
    if (error.code === "commander.help" && command.parent === null) throw new CommanderError(0, overviewCode, "");
    throw toUsageError(error, command, path, args);
  });
  for (const child of command.commands) refuseWrongUsage(child, `${path} ${child.name()}`, args);
}

/** `oo` alone: there is nothing wrong with asking what there is. */
const overviewCode = "oo.overview";

async function report(error: unknown, cli: Cli, program: Command): Promise<number> {
  const { output } = cli;
  if (error instanceof CommanderError && error.code === overviewCode) output.result(formatOverview(program));
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
  return tokenFile === undefined && !cli.env.OO_TOKEN && !cli.env.OO_CLIENT_CERT && currentContext(cli) !== undefined;
}

/** Leaves out the message of the error, which may quote anything. */
function internalErrorText(error: unknown): string {
  const name = error instanceof Error ? error.name : typeof error;
  return `internal error (${systemCode(error) ?? name}): please report it`;
}
