import type { Command } from "commander";
import type { AuditProblem, VerifyAuditResponse } from "../../../gen/secret/v1/audit_service_pb.ts";
import { readBounded } from "../../files/read-bounded.ts";
import { limits } from "../../limits.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError, systemReason, usageError } from "../frame/errors.ts";
import { addExamples, addOutputOption, openService } from "../frame/options.ts";
import { enumName } from "../print/enum-name.ts";
import { escapeForDisplay, toJson } from "../print/escape.ts";
import { timeText } from "../print/timestamp.ts";

interface VerifyOptions {
  readonly head?: string;
  readonly output?: string;
}

export function addAuditVerifyCommands(parent: Command, cli: Cli): void {
  addAuditCloseCommand(parent, cli);
  const verify = parent
    .command("verify")
    .description(
      "Check that no audit record was changed, dropped or moved. Names the first bad record of each chain. Operators only.",
    )
    .option(
      "--head <file>",
      "file with an earlier output of `oo audit head`: also find records that were cut off at the end",
    )
    .action((options: VerifyOptions) => verifyAudit(cli, verify, options));
  addOutputOption(verify, ["text", "json"]);
  addExamples(
    verify,
    `oo audit verify
     oo audit verify --head audit-head-2026-01-31.txt`,
    "Exit codes: 0 all records are as they were recorded, 1 they are not, or this could not be checked, 2 wrong usage.",
  );
  const head = parent
    .command("head")
    .description("Check the audit log and print a signed line that says where it ends now. Operators only.")
    .action(() => printHead(cli, head));
  addExamples(
    head,
    `oo audit head > audit-head-$(date +%F).txt
     oo audit verify --head audit-head-2026-01-31.txt`,
  );
}

function addAuditCloseCommand(parent: Command, cli: Cli): void {
  const close = parent
    .command("close <chain>")
    .description(
      "Record that the journal of an unfinished chain is lost: `oo audit verify` no longer reports the chain, unless it gets another last record. Operators only.",
    )
    .action(async (chain: string) => {
      const service = await openService(cli, close);
      const { lastPosition } = await service.audit.closeAuditChain({ chain });
      cli.output.result(`closed chain ${escapeForDisplay(chain)} after record ${lastPosition}\n`);
    });
  addExamples(close, "oo audit close 9f86d081884c7d65.access@web-2.journal");
}

async function verifyAudit(cli: Cli, command: Command, { head, output }: VerifyOptions): Promise<void> {
  const result = await readVerification(cli, command, head === undefined ? "" : readHeadFile(head));
  const { records, chains, problems } = result;
  if (output === "json") {
    const { AuditProblemKind } = await import("../../../gen/secret/v1/audit_service_pb.ts");
    const shown = problems.map(({ chain, position, kind, afterTime }) => ({
      chain,
      position: Number(position),
      kind: enumName(AuditProblemKind, kind),
      afterTime: timeText(afterTime) ?? null,
    }));
    cli.output.result(toJson({ intact: problems.length === 0, records: Number(records), chains, problems: shown }));
  } else if (problems.length === 0) {
    cli.output.result(`intact: ${records} audit records in ${chains} chains\n`);
  }
  await refuseProblems(cli, problems);
}

async function printHead(cli: Cli, command: Command): Promise<void> {
  const { head, problems } = await readVerification(cli, command, "");
  await refuseProblems(cli, problems);
  cli.output.result(`${escapeForDisplay(head)}\n`);
}

async function readVerification(cli: Cli, command: Command, head: string): Promise<VerifyAuditResponse> {
  const service = await openService(cli, command);
  let last: VerifyAuditResponse | undefined;
  for await (const message of service.audit.verifyAudit({ head }, { timeoutMs: 0 })) {
    last = message;
    cli.output.progress(message.done ? "" : `checked ${message.records} audit records…`);
  }
  if (last?.done === true) return last;
  throw new CliError("the service stopped before all audit records were checked", ["try again"]);
}

/** @throws CliError when there are problems, after reporting all of them */
async function refuseProblems(cli: Cli, problems: readonly AuditProblem[]): Promise<void> {
  if (problems.length === 0) return;
  const { AuditProblemKind } = await import("../../../gen/secret/v1/audit_service_pb.ts");
  const texts: Readonly<Record<number, (record: string, chain: string) => string>> = {
    [AuditProblemKind.EDITED]: (record, chain) => `${record} of chain ${chain} was changed`,
    [AuditProblemKind.MISSING]: (record, chain) => `${record} of chain ${chain} is missing, or not in its place`,
    [AuditProblemKind.CUT_OFF]: (record, chain) =>
      `chain ${chain} was cut off: ${record} was there when the head was made`,
    [AuditProblemKind.UNREGISTERED]: (_, chain) =>
      `chain ${chain} was not started by the service, or its start was changed`,
    [AuditProblemKind.BAD_CHECKPOINT]: (_, chain) => `the checkpoint of chain ${chain} was changed`,
    [AuditProblemKind.UNFINISHED]: (record, chain) =>
      `chain ${chain} has no end: its process is gone, and ${record} and later ones may be in its journal or lost`,
  };
  for (const { kind, chain, position, afterTime } of problems) {
    const text = texts[kind]?.(`record ${position}`, chain) ?? `chain ${chain} is bad at record ${position}`;
    cli.output.error(afterTime === undefined ? text : `${text} (the record before it is from ${timeText(afterTime)})`);
  }
  if (problems.every(({ kind }) => kind === AuditProblemKind.UNFINISHED)) {
    throw new CliError("the records that are stored are good, but some may be missing", [
      "start the service with the data directory of that process: it stores what is in the journal",
      "if the data directory is lost, record that with `oo audit close CHAIN`",
    ]);
  }
  throw new CliError("the audit log does not match what was recorded", [
    "records before the named ones are good; nothing is known about those after them; leave the store as it is for the investigation",
  ]);
}

function readHeadFile(file: string): string {
  try {
    return readBounded(file, { maxBytes: 2 * limits.auditHeadBytes, pipe: "wait" })
      .toString()
      .trim();
  } catch (error) {
    throw usageError(`cannot read the head in ${file}: ${systemReason(error)}`);
  }
}
