import type { AuditRecord } from "../audit/record.ts";
import { anonymousRecord } from "../rules/decision-record.ts";

/** The audit record of a command that was run on the host. The service does not know the name of its user. */
export function hostRecord(
  tenant: string,
  action: "backup.create" | "backup.restore",
  nowMs: number,
  count = 0,
): AuditRecord {
  return anonymousRecord(tenant, nowMs, { action, decision: "allowed", rule: "host", count }, "host");
}
