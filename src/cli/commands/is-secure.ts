import type { Command } from "commander";
import type { IsSecureResponse } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { addExamples, addOutputOption, openService } from "../frame/options.ts";
import { toJson } from "../print/escape.ts";

interface IsSecureOptions {
  readonly findings?: boolean;
  readonly output?: "text" | "json";
}

export function addIsSecureCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("is-secure")
    .description("Check that nothing in the service's setup undermines its encryption, transport or audit log.")
    .option("--findings", "for operators: also show what else could be safer, and how to fix it")
    .action((options: IsSecureOptions) => reportSecurity(cli, command, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo secret is-secure
     oo secret is-secure --findings
     oo secret is-secure && ./deploy`,
    "Exit codes: 0 it is secure, 1 it is not or could not be asked, 2 wrong usage.",
  );
}

async function reportSecurity(cli: Cli, command: Command, options: IsSecureOptions): Promise<void> {
  const { output } = cli;
  const service = await openService(cli, command);
  const answer = await service.secrets.isSecure({});
  const { isSecure, reasons } = answer;
  const asJson = options.output === "json";
  if (asJson) output.result(await toFindingsJson(answer));
  else if (isSecure) output.result("Service is secure.\n");
  if (!isSecure) {
    const shown = reasons.length === 0 ? ["ask an operator for the reasons"] : reasons;
    for (const reason of shown) output.failure(`Error: secret svc is not secure: ${reason}`);
  }
  if (asJson) return;
  if (options.findings) output.result(await toFindingsText(answer));
}

async function toFindingsText({ findings }: IsSecureResponse): Promise<string> {
  const { SecuritySeverity } = await import("../../../gen/secret/v1/secret_service_pb.ts");
  const [{ enumName }, { escapeForDisplay }] = await Promise.all([
    import("../print/enum-name.ts"),
    import("../print/escape.ts"),
  ]);
  const lines = findings.flatMap(({ id, severity, summary, fix }) => [
    `${enumName(SecuritySeverity, severity).toLowerCase()} ${id}: ${summary}`,
    `  fix: ${fix}`,
  ]);
  return lines.map((line) => `${escapeForDisplay(line)}\n`).join("");
}

async function toFindingsJson({ isSecure, reasons, findings }: IsSecureResponse): Promise<string> {
  const { SecuritySeverity } = await import("../../../gen/secret/v1/secret_service_pb.ts");
  const { enumName } = await import("../print/enum-name.ts");
  const shown = findings.map(({ id, severity, summary, fix }) => ({
    id,
    severity: enumName(SecuritySeverity, severity),
    summary,
    fix,
  }));
  return toJson({ isSecure, reasons, findings: shown });
}
