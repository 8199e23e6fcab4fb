import type { ChainedRecord } from "../audit/record.ts";
import { silentMs } from "../keys/processes.ts";
import { limits } from "../limits.ts";
import { readBoundedPage } from "../rules/bounded-page.ts";
import type { IdentityCall } from "../rules/caller.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord } from "../rules/decision-record.ts";
import { createPageToken, pageSizeOf, readPageToken } from "../rules/page-token.ts";
import { requireAdmin } from "../rules/require-role.ts";
import { keyProblem } from "../rules/secret-key.ts";
import { requireWellFormed } from "../rules/selection.ts";
import type { AuditQuery } from "../store/audit-page.ts";
import { type AuditFilter, checkAuditFilter, describeAuditFilter, queryOf } from "./audit-filter.ts";
import { requireKeyRecords } from "./key-records.ts";

export interface AuditRequest extends AuditFilter {
  readonly pageSize: number;
  readonly pageToken: string;
}

export interface AuditEvents {
  readonly events: readonly ChainedRecord[];
  readonly nextPageToken: string;
  /** What was let out before has its records in the log. */
  readonly completeUntilMs: number;
}

const action = "audit.list";

/**
 * Pages through the audit records of the caller's tenant, newest first. All of them are for admins. Those of one secret
 * are also for the users in `requireKeyRecords`, without addresses.
 */
export async function listAuditEvents(
  context: Context,
  call: IdentityCall,
  request: AuditRequest,
): Promise<AuditEvents> {
  const size = pageSizeOf(request.pageSize, { standard: limits.pageDefault, max: limits.pageMax });
  checkAuditFilter(request);
  const { caller } = call;
  const scope = await scopeOf(context, call, request);
  const filter = describeAuditFilter(request);
  const binding = ["ListAuditEvents", caller.tenant, caller.slug, filter];
  const position = readPageToken(context.keyring, binding, request.pageToken);
  // Recorded before the events are read: no event may be shown unrecorded.
  await context.accessLog.record([
    auditRecord(call, context.now(), { action, decision: "allowed", rule: scope.rule, filter }),
  ]);
  // Before the events are read, so that they are all there.
  const completeUntilMs = await context.store.completeUntilMs(context.now(), silentMs);
  const query = { tenant: caller.tenant, ...queryOf(request), ...scope.query };
  const start = position === "" ? undefined : JSON.parse(position);
  const { rows, last } = await readBoundedPage<ChainedRecord>(
    size,
    ({ names, filter: text }) => [...names, text],
    (row, limit) => {
      const after = row === undefined ? start : positionOf(row);
      return context.store.listAudit({ ...query, ...(after === undefined ? {} : { after }), limit });
    },
  );
  const events = caller.admin ? rows : rows.map((event) => ({ ...event, peer: "" }));
  if (last === undefined) return { events, nextPageToken: "", completeUntilMs };
  const next = JSON.stringify(positionOf(last));
  return { events, nextPageToken: createPageToken(context.keyring, binding, next), completeUntilMs };
}

function positionOf({ timeMs, chain, position }: ChainedRecord) {
  return { timeMs, chain, position };
}

/** What of the log the caller may see, and by which rule. */
async function scopeOf(
  context: Context,
  call: IdentityCall,
  { key, fromMs = 0 }: AuditRequest,
): Promise<{ readonly rule: string; readonly query: Partial<AuditQuery> }> {
  if (call.caller.admin || key === "") {
    await requireAdmin(context, call, action, "list audit events that are not about one key");
    return { rule: "admin", query: {} };
  }
  requireWellFormed("key", keyProblem(key));
  const [records] = await requireKeyRecords(context, call, action, [key], () => "key");
  if (records === undefined) throw new Error("a key that was not refused has no records");
  // A user or a token may have the same name as the secret.
  return { rule: records.rule, query: { fromMs: Math.max(fromMs, records.fromMs), actionPrefix: "secret." } };
}
