import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { type Command, Option } from "commander";
import type { AuditEvent } from "../../../gen/secret/v1/audit_service_pb.ts";
import type { Cli } from "../frame/cli.ts";
import type { Service } from "../frame/client.ts";
import { parseMoment } from "../frame/duration.ts";
import { addExamples, addOutputOption, collectNames, openService, parseCount } from "../frame/options.ts";
import { pageSize, readPages } from "../frame/pages.ts";
import { enumName } from "../print/enum-name.ts";
import { spelling } from "../print/states.ts";
import { formatResult } from "../print/structured.ts";
import { formatTable } from "../print/table.ts";
import { type TableFormat, tableFormats } from "../print/table-format.ts";
import { timestampOf, timeText } from "../print/timestamp.ts";
import { addAuditVerifyCommands } from "./audit-verify.ts";

const decisions = { allowed: "ALLOWED", denied: "DENIED", refused: "REFUSED" } as const;
const defaultLimit = "100";

interface AuditOptions {
  readonly key?: string;
  readonly principal?: string;
  readonly action?: readonly string[];
  readonly decision?: keyof typeof decisions;
  readonly since?: string;
  readonly until?: string;
  readonly limit: string;
  readonly output: TableFormat;
}

export function addAuditCommands(parent: Command, cli: Cli): void {
  const command = parent
    .command("list")
    .description(
      "Show who did what in the tenant, newest first. Admins only; the records of one key are also for users who may " +
        "write it, and for its owner.",
    )
    .option(
      "--key <key>",
      "only records about this key, as it is stored, or about keys that match a pattern such as 'prod/*'",
    )
    .option("--principal <slug>", "only records of this caller")
    .option(
      "--action <action>",
      "only this action, such as secret.read, secret.save or token.create (can be repeated)",
      collectNames,
    )
    .addOption(new Option("--decision <decision>", "only this decision").choices(Object.keys(decisions)))
    .option(
      "--since <time>",
      "only records from then on: a time such as 2026-01-31T12:00:00Z, or a duration such as 24h or 7d (that long ago)",
    )
    .option("--until <time>", "only records before then, in the same form")
    .addOption(new Option("--limit <number>", "show at most this many records").default(defaultLimit, defaultLimit))
    .action((options: AuditOptions) => listAuditEvents(cli, command, options));
  addOutputOption(command, tableFormats);
  addExamples(
    command,
    `oo audit list --key DATABASE_URL --action secret.read --since 7d
     oo audit list --key 'prod/*' --action secret.save --action secret.remove
     oo audit list --principal payment-svc --since 24h
     oo audit list --decision denied --limit 1000 -o json`,
  );
  addAuditVerifyCommands(parent, cli);
}

async function listAuditEvents(cli: Cli, command: Command, options: AuditOptions): Promise<void> {
  const limit = parseCount(options.limit, "--limit", 1);
  const start = options.since && parseMoment(options.since, "--since", cli.now());
  const end = options.until && parseMoment(options.until, "--until", cli.now());
  const service = await openService(cli, command);
  const { AuditDecision } = await import("../../../gen/secret/v1/audit_service_pb.ts");
  const { SaveOutcome } = await import("../../../gen/secret/v1/secret_service_pb.ts");
  const request = {
    ...keyFilter(options.key ?? ""),
    principal: options.principal ?? "",
    ...actionFilter(options.action ?? []),
    decision: AuditDecision[options.decision === undefined ? "UNSPECIFIED" : decisions[options.decision]],
    ...(typeof start === "number" ? { startTime: timestampOf(start) } : {}),
    ...(typeof end === "number" ? { endTime: timestampOf(end) } : {}),
  };
  const events: AuditEvent[] = [];
  let hasMore = false;
  let late: Timestamp | undefined;
  let answeredAtMs = Number.NaN;
  const onHeader = (headers: Headers) => {
    answeredAtMs = Date.parse(headers.get("date") ?? "");
  };
  const read = (pageToken: string) => {
    const size = Math.min(pageSize, limit - events.length);
    return service.audit.listAuditEvents({ ...request, pageSize: size, pageToken }, { onHeader });
  };
  for await (const page of readPages(read)) {
    // Later pages are of earlier records.
    if (events.length === 0 && isLate(page.completeUntil, answeredAtMs)) late = page.completeUntil;
    events.push(...page.events);
    hasMore = page.nextPageToken !== "";
    if (events.length >= limit) break;
    if (hasMore) cli.output.progress(`read ${events.length} audit records…`);
  }
  if (events.length === 0) {
    const { refuseUnknownNames } = await import("../frame/audit-names.ts");
    const { key = "", principal = "", action = [] } = options;
    await refuseUnknownNames(service, { key, principal, actions: action });
  }
  const shown = events.map((event) => {
    const outcome = event.outcome === SaveOutcome.UNSPECIFIED ? "" : enumName(SaveOutcome, event.outcome);
    return toAuditJson(event, spelling(AuditDecision, event.decision), outcome);
  });
  cli.output.result(await formatResult(options.output, shown, () => toTable(shown, cli.output.columns)));
  if (late !== undefined) cli.output.hint(lateHint(late));
  if (hasMore) cli.output.hint(`there are more records; raise --limit to see more than ${limit}`);
  else {
    const begin = await restoreBefore(service, events);
    const isWithin = begin !== undefined && (typeof start !== "number" || start < Number(begin.seconds) * 1000);
    if (isWithin) cli.output.hint(restoreHint(begin));
  }
}

/** Records of other processes of the service are less than this behind, unless one of them cannot store its own. */
const lateMs = 1000;

/** Compared by the clock of the service, in whole seconds: that of this machine may be another one. */
function isLate(completeUntil: Timestamp | undefined, answeredAtMs: number): boolean {
  if (completeUntil === undefined) return false;
  const untilMs = Number(completeUntil.seconds) * 1000 + completeUntil.nanos / 1e6;
  return answeredAtMs - untilMs > lateMs;
}

function lateHint(completeUntil: Timestamp): string {
  return `complete until ${timeText(completeUntil)}: a process of the service has records of later reads that are not in the store yet`;
}

/**
 * When the store was restored from a backup, which holds no records; undefined when it never was, or the list shows it.
 */
async function restoreBefore(service: Service, events: readonly AuditEvent[]): Promise<Timestamp | undefined> {
  const action = "backup.restore";
  if (events.some((event) => event.action === action)) return undefined;
  try {
    const [restore] = (await service.audit.listAuditEvents({ action, pageSize: 1 })).events;
    return restore?.time;
  } catch {
    // A user who may see the records of one key only.
    return undefined;
  }
}

function restoreHint(begin: Timestamp): string {
  return `this log begins with a restore, ${timeText(begin)}: what happened before is in the log of the store that was backed up`;
}

/** An older service knows one action only. */
function actionFilter(actions: readonly string[]): { readonly action: string } | { readonly actions: string[] } {
  const [action = "", ...more] = actions;
  return more.length === 0 ? { action } : { actions: [...actions] };
}

/** No key has a `*`, so one makes a pattern. */
function keyFilter(key: string): { readonly key: string } | { readonly keyPattern: string } {
  return key.includes("*") ? { keyPattern: key } : { key };
}

function toAuditJson(event: AuditEvent, decision: string, outcome: string) {
  const { tenant, principal, action, key, version, rule, requestId, peer, count, names, filter, chain } = event;
  const what = { time: timeText(event.time), tenant, principal, action, key, version, decision, rule, requestId, peer };
  const { validateOnly } = event;
  return { ...what, count, names, filter, chain, position: event.position.toString(), validateOnly, outcome };
}

function toTable(events: readonly ReturnType<typeof toAuditJson>[], width: number | undefined): string {
  const rows = events.map(({ time, principal, action, key, version, decision, rule, peer, count, names }) => [
    time ?? "",
    principal,
    action,
    key || names.join(",") || (count > 0 ? `(${count})` : ""),
    version === 0 ? "" : String(version),
    decision,
    rule,
    peer,
  ]);
  return formatTable(["TIME", "PRINCIPAL", "ACTION", "KEY", "VERSION", "DECISION", "RULE", "PEER"], rows, true, width);
}
