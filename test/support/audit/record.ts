import type { AuditRecord } from "../../../src/audit/record.ts";

/** A record of someone reading a secret. */
export function aRecord(more: Partial<AuditRecord> = {}): AuditRecord {
  return {
    timeMs: 1_795_478_400_000,
    tenant: "default",
    principal: "alice",
    action: "secret.read",
    key: "alice/A",
    version: 3,
    decision: "allowed",
    rule: "slug-listed",
    requestId: "request-1",
    peer: "192.0.2.1",
    count: 0,
    names: [],
    filter: "",
    ...more,
  };
}
