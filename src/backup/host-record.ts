import type { AuditRecord } from "../audit/record.ts";
import { auditRecord } from "../secrets/audit.ts";

/** The audit record of something that was done on the host: whoever runs a command there has no name here. */
export function hostRecord(
  tenant: string,
  action: "backup.create" | "backup.restore",
  nowMs: number,
  count = 0,
): AuditRecord {
  const nobody = { tenant, slug: "", roles: [], admin: false, operator: false, grants: [] };
  const call = { caller: nobody, requestId: "", peer: "host" };
  return auditRecord(call, nowMs, { action, decision: "allowed", rule: "host", count });
}
