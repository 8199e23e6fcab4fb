import type { Command } from "commander";
import type { EncryptionKey, ListKeysResponse, RotateKeysResponse } from "../../../gen/secret/v1/key_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { CliError } from "../frame/errors.ts";
import {
  type ApprovalOption,
  addApprovalOption,
  addExamples,
  addOutputOption,
  openService,
  parseCount,
} from "../frame/options.ts";
import { formatResult } from "../print/structured.ts";
import { formatTable } from "../print/table.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";

const header = [
  ...["KEY", "STATE", "SECRETS", "VERSIONS", "USERS", "TOKENS", "ANSWERS", "AUDIT"],
  ...["SEALING KEYS", "SEALED VALUES"],
];

interface RotateOptions {
  readonly rate?: string;
  readonly forgetAnswers?: boolean;
  readonly output?: "text" | "json";
}

export function addKeyCommands(parent: Command, cli: Cli): void {
  addListCommand(parent, cli);
  addRotateCommand(parent, cli);
  addDestroySealingCommand(parent, cli);
}

function addListCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("list")
    .description(
      "List the encryption keys of the service, and how much of what is stored depends on each. Operators only.",
    )
    .action(async ({ output }: { output: TableFormat }) => {
      const service = await openService(cli, command);
      cli.output.result(await formatKeys(await service.keys.listKeys({}), output, cli.output.columns));
    });
  addOutputOption(command, tableFormats);
  addExamples(command, "oo keys list\noo keys list -o json");
}

function addRotateCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("rotate")
    .description(
      "Re-encrypt the secrets and re-sign the users and tokens with the active key, while the service keeps serving. Idempotency records stay under their key and expire within 24 hours. Interrupting this command does not stop the rotation. After a restart of the service, run it again: it continues with the rest. Operators only.",
    )
    .option("--rate <number>", "at most this many rows per second (default: no limit)")
    .option(
      "--forget-answers",
      "delete the idempotency records, which otherwise need the former keys for up to 24 hours",
    )
    .action((options: RotateOptions) => rotateKeys(cli, command, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(command, "oo keys rotate\noo keys rotate --rate 500");
}

function addDestroySealingCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("destroy-sealing")
    .description(
      "Destroy the private key that opens values sealed for a former encryption key. Such values, for example in git, can never be opened again. Operators only.",
    )
    .argument("<kid>", "the former key, as `oo keys list` names it")
    .action(async (kid: string, { autoApprove }: ApprovalOption) => {
      if (autoApprove !== true) {
        const { confirm } = await import("../frame/confirm.ts");
        const question = `Values sealed for ${kid} can never be opened again. Destroy its sealing key?`;
        await confirm(cli, question, "nothing was destroyed");
      }
      const service = await openService(cli, command);
      await service.keys.destroySealingKey({ kid });
      cli.output.result(`destroyed the sealing key ${kid}\n`);
    });
  addApprovalOption(command);
  addExamples(command, "oo keys destroy-sealing 0123456789abcdef");
}

async function rotateKeys(cli: Cli, command: Command, options: RotateOptions): Promise<void> {
  const rowsPerSecond = options.rate === undefined ? 0 : parseCount(options.rate, "--rate", 1);
  const service = await openService(cli, command);
  const request = { rowsPerSecond, forgetAnswers: options.forgetAnswers === true };
  let last: RotateKeysResponse | undefined;
  // No timeout: the service reports progress, so a user can see when the rotation hangs.
  for await (const progress of service.keys.rotateKeys(request, { timeoutMs: 0 })) {
    last = progress;
    cli.output.progress(`rotating… ${progress.done} of ${progress.total} rows`);
  }
  cli.output.progress("");
  if (last?.finished !== true) {
    throw new CliError("the service stopped before the rotation ended", ["oo keys rotate continues where it stopped"]);
  }
  if (options.output === "json") {
    const { toJson } = await import("../print/escape.ts");
    const { kid, done, total, damaged, unusedKids, neededKids } = last;
    cli.output.result(toJson({ kid, done, total, damaged, unusedKids, neededKids }));
  } else {
    const { escapeForDisplay } = await import("../print/escape.ts");
    cli.output.result(
      describeEnd(last)
        .map((line) => `${escapeForDisplay(line)}\n`)
        .join(""),
    );
  }
  if (last.damaged > 0) cli.output.error(`${last.damaged} rows do not verify and were left as they are`);
  if (last.neededKids.length > 0 && last.damaged === 0) {
    cli.output.hint("idempotency records are retained for 24 hours, unless --forget-answers is given");
  }
}

function describeEnd({ kid, done, damaged, unusedKids, neededKids }: RotateKeysResponse): string[] {
  return [
    `${done - damaged} rows were moved to the key ${kid}`,
    ...unusedKids.map((unused) => `nothing depends on the key ${unused} any more: it can be removed`),
    ...neededKids.map((needed) => `the key ${needed} is still needed`),
  ];
}

async function formatKeys(answer: ListKeysResponse, format: TableFormat, width: number | undefined): Promise<string> {
  const [{ enumName }, { KeyState, SealingKeyState }, { timeText }] = await Promise.all([
    import("../print/enum-name.ts"),
    import("../../../gen/secret/v1/key_service_pb.ts"),
    import("../print/timestamp.ts"),
  ]);
  const toPlain = (key: EncryptionKey) => {
    const { kid, secrets, versions, users, tokens, answers, auditKeys, sealingKeys } = key;
    const uses = { secrets, versions, users, tokens, answers, auditKeys, sealingKeys };
    const sealing = key.sealing === SealingKeyState.UNSPECIFIED ? "NONE" : enumName(SealingKeyState, key.sealing);
    return { kid, state: enumName(KeyState, key.state), addedAt: timeText(key.addedAt), ...uses, sealing };
  };
  const toRow = ({ kid, state, sealing, addedAt: _addedAt, ...uses }: ReturnType<typeof toPlain>) => [
    kid,
    state.toLowerCase(),
    ...Object.values(uses).map(String),
    { KEPT: "open", DESTROYED: "destroyed" }[sealing] ?? "",
  ];
  const keys = answer.keys.map(toPlain);
  const processes = answer.processes.map(({ id, activeKid, kids }) => ({ id, activeKid, kids }));
  const { rotation } = answer;
  const progress = rotation && { ...rotation, $typeName: undefined, startedAt: timeText(rotation.startedAt) };
  return formatResult(format, { keys, processes, rotation: progress }, () => {
    const running = rotation?.running === true ? `\nrotating: ${rotation.done} of ${rotation.total} rows\n` : "";
    return `${formatTable(header, keys.map(toRow), true, width)}${running}`;
  });
}
