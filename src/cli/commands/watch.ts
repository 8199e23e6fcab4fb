import type { Command } from "commander";
import type { SecretChange } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import { checkNamespace, withNamespace } from "../frame/namespace.ts";
import { addExamples, addOutputOption, openService, parseCount } from "../frame/options.ts";
import { enumName } from "../print/enum-name.ts";
import { escapeForDisplay, escapeUnseen } from "../print/escape.ts";
import { timeText } from "../print/timestamp.ts";

interface WatchOptions {
  readonly namespace?: string;
  readonly keyPattern?: string;
  readonly resume?: string;
  readonly limit?: string;
  readonly output?: string;
}

export function addWatchCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("watch")
    .description(
      "Show changes to the secrets that you can see, as they happen: which secret, and who changed it; never a value.",
    )
    .argument("[key...]", "only these keys, as they are stored; with --namespace, keys within it")
    .option("-n, --namespace <namespace>", "only keys that start with this and '/'")
    .option("--key-pattern <pattern>", "only keys that match: with '*' the whole key, otherwise a part of it")
    .option(
      "--resume <resume-token>",
      "continue after the change with this resumeToken, from an earlier line of -o json",
    )
    .option("--limit <number>", "end after this many changes (default: only when interrupted)")
    .action((keys: readonly string[], options: WatchOptions) => watch(cli, command, keys, options));
  addOutputOption(command, ["text", "json"]);
  addExamples(
    command,
    `oo secret watch -n prod
     oo secret watch -n prod -o json | while read -r change; do ./reload "$change"; done
     oo secret run --watch -n prod -- node server.js`,
    "Runs until it is interrupted. Exit codes: 0 ended by --limit, 1 failed, 2 wrong usage.",
  );
}

async function watch(cli: Cli, command: Command, keys: readonly string[], options: WatchOptions): Promise<void> {
  const { namespace, keyPattern = "", resume = "", output } = options;
  checkNamespace(namespace);
  const limit = options.limit === undefined ? Number.POSITIVE_INFINITY : parseCount(options.limit, "--limit", 1);
  const service = await openService(cli, command);
  const { SecretChangeKind } = await import("../../../gen/secret/v1/secret_service_pb.ts");
  const { followSecrets, notWatchingYet, patienceMs } = await import("../run/follow-secrets.ts");
  const ending = new AbortController();
  const late = setTimeout(() => cli.output.hint(notWatchingYet), patienceMs);
  let shown = 0;
  await followSecrets(service, {
    namespace: namespace ?? "",
    keys: keys.map((key) => withNamespace(key, namespace)),
    keyPattern,
    resumeToken: resume,
    signal: ending.signal,
    onChange(change, resumeToken) {
      if (ending.signal.aborted) return;
      const kind = enumName(SecretChangeKind, change.kind);
      cli.output.result(output === "json" ? jsonLine(change, kind, resumeToken) : textLine(change, kind));
      shown += 1;
      if (shown >= limit) ending.abort();
    },
    onConnected: () => clearTimeout(late),
    onBreak: () => cli.output.hint("the connection broke: trying again"),
    onMissed: () =>
      cli.output.hint("changes were missed and cannot be recovered: `oo secret list` shows what is there now"),
  }).finally(() => clearTimeout(late));
}

function jsonLine({ key, id, secret }: SecretChange, kind: string, resumeToken: string): string {
  const { version = 0, updatedAt, updatedBy = "" } = secret ?? {};
  const line = { kind, key, id, version, updatedAt: timeText(updatedAt) ?? null, updatedBy, resumeToken };
  return `${escapeUnseen(JSON.stringify(line))}\n`;
}

function textLine({ key, secret }: SecretChange, kind: string): string {
  const what = escapeForDisplay(`${kind.toLowerCase()} ${key}`);
  if (secret === undefined) return `${what}\n`;
  return `${what} version ${secret.version} by ${escapeForDisplay(secret.updatedBy)} at ${timeText(secret.updatedAt)}\n`;
}
