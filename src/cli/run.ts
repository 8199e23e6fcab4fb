import type { Command } from "commander";
import type { Cli } from "./cli.ts";
import { usageError } from "./errors.ts";
import { addExamples } from "./options.ts";
import { addSelectionOptions, readVariables, refuseProblems, type SelectionOptions } from "./selected-secrets.ts";
import { environmentProblem } from "./variables.ts";

interface RunOptions extends SelectionOptions {
  readonly keepToken?: boolean;
}

const exitCodes =
  "Exit codes: that of the command, or 128 and the number of the signal that ended it; 127 no such command,\n" +
  "126 it cannot be run; 1 failed before, 2 wrong usage.";

export function addRunCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("run")
    .description("Run a command with secrets in its environment: all of the chosen ones, or it is not run.")
    .argument("<command...>", "the command and its arguments, after --");
  addSelectionOptions(command)
    .option("--keep-token", "leave OO_TOKEN in the environment of the command, which it is otherwise taken out of")
    .action((words: readonly string[], options: RunOptions) => runWithSecrets(cli, command, words, options));
  addExamples(
    command,
    `oo secret run -n payment-svc -- node server.js
     oo secret run --only payment-svc/STRIPE_KEY payment-svc/DB_URL -- ./deploy --fast
     oo secret run -n terraform --prefix TF_VAR_ -- terraform plan`,
    exitCodes,
  );
}

async function runWithSecrets(
  cli: Cli,
  command: Command,
  [program = "", ...args]: readonly string[],
  options: RunOptions,
): Promise<void> {
  // Without it, options that both know would go to the wrong one.
  if (!cli.args.includes("--")) {
    throw usageError("put the command after --, such as oo secret run -n payment-svc -- node server.js");
  }
  const variables = await readVariables(cli, command, options);
  refuseProblems(cli, variables, environmentProblem);
  const env = { ...cli.env };
  if (options.keepToken !== true) delete env.OO_TOKEN;
  for (const { name, value } of variables) env[name] = value;
  const { runChild } = await import("./child-process.ts");
  cli.output.endWith(await runChild(program, args, env));
}
