import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AuditSink } from "../../audit/chain.ts";
import type { AuditCheckpoint } from "../../audit/checkpoint.ts";
import type { ChainedRecord } from "../../audit/record.ts";
import type { RegisteredChain } from "../../audit/verifier.ts";
import { type AuditPage, type AuditQuery, newestFirst } from "../audit-page.ts";
import { requireAuditQuery, requireCount, requireText } from "../guard.ts";
import { bytes, count, text } from "./column.ts";
import { createSinkList } from "./list-audit.ts";
import { toChainedRecord } from "./row.ts";

export interface AuditReader {
  listAudit(query: AuditQuery): Promise<readonly ChainedRecord[]>;
  listChains(): readonly RegisteredChain[];
  readAudit(sink: AuditSink, after: string, limit: number): AuditPage;
  lastPosition(sink: AuditSink, chain: string): number;
  listCheckpoints(): readonly AuditCheckpoint[];
}

const near = (column: string) => `min(max(${column}, -1), ${Number.MAX_SAFE_INTEGER}) AS ${column}`;

/** Clamps numbers that JavaScript cannot represent. Only an edited row can hold one, and it does not verify. */
export const recordColumns = `chain, ${near("position")}, ${near("time_ms")}, tenant, principal, action, key,
  ${near("version")}, decision, rule, request_id, peer, ${near("count")}, names, filter, mac`;

/** `secretsDb` holds the chains and the records of changes, `accessDb` the records of access. */
export function createAuditReader(secretsDb: DatabaseSync, accessDb: DatabaseSync): AuditReader {
  const changes = createSinkList(secretsDb);
  const access = createSinkList(accessDb);
  const chains = secretsDb.prepare("SELECT * FROM chains ORDER BY started_at_ms, chain");
  const inOrder = { changes: prepareInOrder(secretsDb), access: prepareInOrder(accessDb) };
  const last = { changes: prepareLast(secretsDb), access: prepareLast(accessDb) };
  const checkpoints = [secretsDb, accessDb].map((db) => db.prepare("SELECT * FROM checkpoints ORDER BY chain"));

  return {
    async listAudit(query) {
      requireAuditQuery(query);
      // One after the other, so that the event loop never waits for more than one slice.
      const fromChanges = await changes(query);
      const fromAccess = await access(query);
      return [...fromChanges, ...fromAccess].sort(newestFirst).slice(0, query.limit);
    },
    listChains: () =>
      chains.all().map((row) => ({
        chain: text(row.chain),
        sink: row.sink === "changes" ? "changes" : "access",
        startedAtMs: count(row.started_at_ms),
        mac: bytes(row.mac),
      })),
    readAudit(sink, after, limit) {
      requireText(after, "after");
      requireCount(limit, "limit");
      const rows = inOrder[sink].all(Number(after), limit);
      const next = rows.length < limit ? undefined : rows.at(-1)?.row;
      return { records: rows.map(toChainedRecord), next: next === undefined ? undefined : String(next) };
    },
    lastPosition(sink, chain) {
      requireText(chain, "chain");
      const row = last[sink].get(chain);
      return row === undefined ? 0 : count(row.position);
    },
    listCheckpoints: () =>
      checkpoints.flatMap((statement, at) =>
        statement.all().map((row) => ({
          chain: text(row.chain),
          sink: at === 0 ? "changes" : "access",
          position: count(row.position),
          lastMac: bytes(row.last_mac),
          lastTimeMs: count(row.last_time_ms),
          mac: bytes(row.mac),
        })),
      ),
  };
}

function prepareInOrder(db: DatabaseSync): StatementSync {
  return db.prepare(`SELECT rowid AS row, ${recordColumns} FROM audit WHERE rowid > ? ORDER BY rowid LIMIT ?`);
}

function prepareLast(db: DatabaseSync): StatementSync {
  return db.prepare("SELECT position FROM audit WHERE chain = ? ORDER BY position DESC LIMIT 1");
}
