import type { AuditRecord } from "../audit/record.ts";
import { anonymousRecord } from "../rules/decision-record.ts";

/** The audit record of something that was done on the host: whoever runs a command there has no name here. */
export function hostRecord(
  tenant: string,
  action: "backup.create" | "backup.restore",
  nowMs: number,
  count = 0,
): AuditRecord {
  return anonymousRecord(tenant, nowMs, { action, decision: "allowed", rule: "host", count }, "host");
}
