import type { DatabaseSync } from "node:sqlite";
import type { ChainedRecord } from "../../audit/record.ts";
import { requireChanges } from "./schema-guard.ts";

/** Prepares the insertion of chained records into the `audit` table of either file. */
export function createAuditInsert(db: DatabaseSync): (record: ChainedRecord) => void {
  const insert = db.prepare(`INSERT INTO audit
    (chain, position, time_ms, tenant, principal, action, key, version, decision, rule, request_id, peer, count, names, filter, mac)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  return (record) => {
    const written = insert.run(
      record.chain,
      record.position,
      record.timeMs,
      record.tenant,
      record.principal,
      record.action,
      record.key,
      record.version,
      record.decision,
      record.rule,
      record.requestId,
      record.peer,
      record.count,
      record.names.length === 0 ? "[]" : JSON.stringify(record.names),
      record.filter,
      record.mac,
    );
    requireChanges(written);
  };
}
