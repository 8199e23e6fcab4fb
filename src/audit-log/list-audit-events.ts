import type { AuditDecision, ChainedRecord } from "../audit/record.ts";
import { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import { readBoundedPage } from "../rules/bounded-page.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo } from "../rules/decision-record.ts";
import { createPageToken, pageSizeOf, readPageToken } from "../rules/page-token.ts";
import { requireAdmin } from "../rules/require-role.ts";

export interface AuditRequest {
  readonly key: string;
  readonly principal: string;
  readonly action: string;
  readonly decision: AuditDecision | undefined;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly pageSize: number;
  readonly pageToken: string;
}

const action = "audit.list";
/** What a filter may hold: printable ASCII without spaces. */
export const auditFilterForm = /^[!-~]+$/;

/** Pages through the audit records of the caller's tenant, newest first. Admins only. */
export async function listAuditEvents(
  context: Context,
  call: CallInfo,
  request: AuditRequest,
): Promise<{ readonly events: readonly ChainedRecord[]; readonly nextPageToken: string }> {
  const size = pageSizeOf(request.pageSize, { standard: limits.pageDefault, max: limits.pageMax });
  for (const field of ["key", "principal", "action"] as const) checkText(field, request[field]);
  const { caller } = call;
  await requireAdmin(context, call, action, "list audit events");
  const filter = describe(request);
  const binding = ["ListAuditEvents", caller.tenant, caller.slug, filter];
  const position = readPageToken(context.keyring, binding, request.pageToken);
  // Recorded before the events are read: no event may be shown unrecorded.
  await context.accessLog.record([
    auditRecord(call, context.now(), { action, decision: "allowed", rule: "admin", filter }),
  ]);
  const query = {
    tenant: caller.tenant,
    ...(request.key === "" ? {} : { key: request.key }),
    ...(request.principal === "" ? {} : { principal: request.principal }),
    ...(request.action === "" ? {} : { action: request.action }),
    ...(request.decision === undefined ? {} : { decision: request.decision }),
    ...(request.fromMs === undefined ? {} : { fromMs: request.fromMs }),
    ...(request.toMs === undefined ? {} : { toMs: request.toMs }),
  };
  const start = position === "" ? undefined : JSON.parse(position);
  const { rows: events, last } = await readBoundedPage<ChainedRecord>(
    size,
    ({ names, filter: text }) => [...names, text],
    (row, limit) => {
      const after = row === undefined ? start : positionOf(row);
      return context.store.listAudit({ ...query, ...(after === undefined ? {} : { after }), limit });
    },
  );
  if (last === undefined) return { events, nextPageToken: "" };
  const next = JSON.stringify(positionOf(last));
  return { events, nextPageToken: createPageToken(context.keyring, binding, next) };
}

function positionOf({ timeMs, chain, position }: ChainedRecord) {
  return { timeMs, chain, position };
}

function checkText(field: string, text: string): void {
  const max = limits.keyBytes;
  if (text.length > max) {
    const sizes = { limit: max, actual: Buffer.byteLength(text) };
    throw new SecretError({
      reason: "LIMIT_EXCEEDED",
      message: `${field} must be at most ${max} bytes`,
      field,
      ...sizes,
    });
  }
  if (text !== "" && !auditFilterForm.test(text)) {
    throw new SecretError({
      reason: "INVALID_FIELD",
      message: `${field} must be printable ASCII without spaces`,
      field,
    });
  }
}

function describe(request: AuditRequest): string {
  const parts = (["key", "principal", "action", "decision", "fromMs", "toMs"] as const)
    .filter((field) => request[field] !== undefined && request[field] !== "")
    .map((field) => `${field}=${request[field]}`);
  return parts.join(" ");
}
