import type { Command } from "commander";
import type { TeamChange } from "../../../gen/secret/v1/identity_service_pb.ts";
import type { TeamFile } from "../formats/team-file.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { type ApprovalOption, addApprovalOption, addExamples, addOutputOption, openService } from "../frame/options.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";

interface TeamOptions {
  readonly prune?: boolean;
  readonly tenant?: string;
}

interface PlanOptions extends TeamOptions {
  readonly output: TableFormat;
}

interface ApplyOptions extends TeamOptions, ApprovalOption {
  readonly output?: "text" | "json";
}

export function addTeamCommands(parent: Command, cli: Cli): void {
  const plan = addTeamOptions(
    parent.command("plan").description("Show what a team file would change, and change nothing. Admins only."),
  ).action(async (file: string, options: PlanOptions) => {
    try {
      await planTeam(cli, plan, file, options);
    } catch (error) {
      throw error instanceof CliError ? new CliError(error.message, error.hints) : error;
    }
  });
  addOutputOption(plan, tableFormats);
  addExamples(
    plan,
    "oo team plan team.yaml\noo team plan --prune team.yaml -o json",
    "Exit codes: 0 no changes, 1 failed or wrong usage, 2 changes.",
  );
  const apply = addTeamOptions(
    parent
      .command("apply")
      .description(
        "Show what a team file would change, ask for approval, and do it: all of it, or nothing. Tokens that the file names and that do not exist are only reported. Admins only.",
      ),
  ).action((file: string, options: ApplyOptions) => applyTeam(cli, apply, file, options));
  addApprovalOption(apply);
  addOutputOption(apply, ["text", "json"]);
  addExamples(apply, "oo team apply team.yaml\noo team apply --prune --auto-approve team.yaml");
}

function addTeamOptions(command: Command): Command {
  return command
    .argument("<file>", "YAML file with users, permits and tokens; - for standard input")
    .option(
      "--prune",
      "also remove users and permits and revoke tokens that are not in the file, in each section that it has; you, users of login providers and the last admin stay",
    )
    .option("--tenant <tenant>", "a tenant other than your own (operators only)");
}

interface Team {
  /** About permits that give nothing. */
  readonly hint: () => Promise<void>;
  readonly ask: (validateOnly: boolean) => Promise<readonly TeamChange[]>;
}

async function openTeam(cli: Cli, command: Command, path: string, options: TeamOptions): Promise<Team> {
  const [{ readTeamFile }, { readSource }, { TeamKind }] = await Promise.all([
    import("../formats/team-file.ts"),
    import("../files/read-source.ts"),
    import("../../../gen/secret/v1/identity_service_pb.ts"),
  ]);
  const file: TeamFile = readTeamFile(path === "-" ? "standard input" : path, await readSource(path, cli));
  const kinds = { users: TeamKind.USER, permits: TeamKind.PERMIT, tokens: TeamKind.TOKEN } as const;
  const prune = options.prune === true ? file.sections.map((section) => kinds[section]) : [];
  const { tenant = "" } = options;
  const service = await openService(cli, command);
  const { users, permits, tokens } = file;
  const request = { users: [...users], permits: [...permits], tokens: [...tokens], prune, tenant };
  const ask = async (validateOnly: boolean) => {
    return (await service.identity.applyTeam({ ...request, validateOnly })).changes;
  };
  const hint = async () => {
    const { hintUselessPermits } = await import("../frame/useless-permits.ts");
    await hintUselessPermits(cli, service, { permits, tenant, newUsers: users.map(({ slug }) => slug) });
  };
  return { hint, ask };
}

async function planTeam(cli: Cli, command: Command, path: string, options: PlanOptions): Promise<void> {
  const { ask, hint } = await openTeam(cli, command, path, options);
  const changes = await ask(true);
  const { formatTeam, isChange } = await import("../plan/team-format.ts");
  cli.output.result(await formatTeam(changes, options.output, cli.output.columns));
  await hint();
  if (changes.some(isChange)) cli.output.endWith(2);
}

async function applyTeam(cli: Cli, command: Command, path: string, options: ApplyOptions): Promise<void> {
  const { output } = cli;
  const asJson = options.output === "json";
  if (asJson && options.autoApprove !== true) throw usageError("-o json needs --auto-approve");
  const { ask, hint } = await openTeam(cli, command, path, options);
  const { formatTeam, isChange, summarizeTeam } = await import("../plan/team-format.ts");
  const planned = await ask(true);
  if (!asJson) output.result(await formatTeam(planned, "table", output.columns));
  await hint();
  if (planned.some(isChange)) {
    if (options.autoApprove !== true) {
      const { confirm } = await import("../frame/confirm.ts");
      await confirm(cli, `Apply this (${summarizeTeam(planned)})?`, "not applied: nothing was changed");
      const again = await ask(true);
      if ((await formatTeam(again, "json", undefined)) !== (await formatTeam(planned, "json", undefined))) {
        throw new CliError("the team has changed since the plan was made; nothing was applied", [
          "run `oo team plan` again",
        ]);
      }
    }
    await ask(false);
    if (!asJson) output.result(`applied: ${summarizeTeam(planned, true)}\n`);
  }
  if (asJson) output.result(await formatTeam(planned, "json", undefined));
}
