import type { Command } from "commander";
import type { Cli } from "./cli.ts";
import { addExamples, openService } from "./options.ts";

export function addIsSecureCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("is-secure")
    .description("Check that nothing in the set-up of the service defeats its encryption or its transport.")
    .action(() => tellWhetherSecure(cli, command));
  addExamples(
    command,
    `oo secret is-secure
     oo secret is-secure && ./deploy`,
    "Exit codes: 0 it is secure, 1 it is not or could not be asked, 2 wrong usage.",
  );
}

async function tellWhetherSecure(cli: Cli, command: Command): Promise<void> {
  const service = await openService(cli, command);
  const { isSecure, reasons } = await service.secrets.isSecure({});
  if (isSecure) {
    cli.output.result("Service is secure.\n");
    return;
  }
  const told = reasons.length === 0 ? ["ask an operator for the reasons"] : reasons;
  for (const reason of told) cli.output.failure(`Error: secret svc is not secure: ${reason}`);
}
