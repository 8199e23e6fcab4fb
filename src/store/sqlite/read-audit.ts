import type { DatabaseSync, StatementSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import type { AuditSink } from "../../audit/chain.ts";
import type { AuditCheckpoint } from "../../audit/checkpoint.ts";
import type { ChainedRecord } from "../../audit/record.ts";
import type { RegisteredChain } from "../../audit/verifier.ts";
import { type AuditPage, type AuditQuery, newestFirst } from "../audit-page.ts";
import { requireAuditQuery, requireCount, requireText } from "../guard.ts";
import { bytes, count, text, toChainedRecord } from "./row.ts";

/** Rows that are read before other work gets its turn, when a filter has no index of its own. */
const sliceRows = 1_000;

/** Sorts after every chain. */
const lastChain = "\u{10ffff}";

type Cursor = NonNullable<AuditQuery["after"]>;

export interface AuditReader {
  listAudit(query: AuditQuery): Promise<readonly ChainedRecord[]>;
  listChains(): readonly RegisteredChain[];
  readAudit(sink: AuditSink, after: string, limit: number): AuditPage;
  listCheckpoints(): readonly AuditCheckpoint[];
}

/** `secretsDb` holds the chains and the records of changes, `accessDb` the records of access. */
export function createAuditReader(secretsDb: DatabaseSync, accessDb: DatabaseSync): AuditReader {
  const changes = prepareSlices(secretsDb);
  const access = prepareSlices(accessDb);
  const chains = secretsDb.prepare("SELECT * FROM chains ORDER BY started_at_ms, chain");
  const inOrder = { changes: prepareInOrder(secretsDb), access: prepareInOrder(accessDb) };
  const checkpoints = [secretsDb, accessDb].map((db) => db.prepare("SELECT * FROM checkpoints ORDER BY chain"));

  return {
    async listAudit(query) {
      requireAuditQuery(query);
      // One after the other, so that the event loop never waits for more than one slice.
      const fromChanges = await listSink(changes, query);
      const fromAccess = await listSink(access, query);
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

/** Clamps numbers that JavaScript cannot represent. Only an edited row can hold one, and it does not verify. */
function prepareInOrder(db: DatabaseSync): StatementSync {
  const near = (column: string) => `min(max(${column}, -1), ${Number.MAX_SAFE_INTEGER}) AS ${column}`;
  return db.prepare(`SELECT rowid AS row, chain, ${near("position")}, ${near("time_ms")}, tenant, principal, action, key,
    ${near("version")}, decision, rule, request_id, peer, ${near("count")}, names, filter, mac
    FROM audit WHERE rowid > ? ORDER BY rowid LIMIT ?`);
}

interface Slices {
  readonly ofTenant: StatementSync;
  readonly ofKey: StatementSync;
  readonly ofPrincipal: StatementSync;
}

function prepareSlices(db: DatabaseSync): Slices {
  const prepare = (index: string, condition: string) =>
    db.prepare(`SELECT * FROM audit INDEXED BY ${index}
      WHERE tenant = ?1 AND time_ms >= ?2 AND time_ms <= ?3 AND (time_ms < ?3 OR (chain, position) < (?4, ?5)) ${condition}
      ORDER BY time_ms DESC, chain DESC, position DESC LIMIT ?6`);
  return {
    ofTenant: prepare("audit_time", ""),
    ofKey: prepare("audit_key", "AND key = ?7"),
    ofPrincipal: prepare("audit_principal", "AND principal = ?7"),
  };
}

async function listSink(slices: Slices, query: AuditQuery): Promise<readonly ChainedRecord[]> {
  const found: ChainedRecord[] = [];
  const limit = isIndexed(query) ? query.limit : Math.max(query.limit, sliceRows);
  let cursor: Cursor = startOf(query);
  while (found.length < query.limit) {
    const slice = readSlice(slices, query, cursor, limit);
    found.push(...slice.filter((record) => matches(record, query)));
    const last = slice.at(-1);
    if (last === undefined || slice.length < limit) break;
    cursor = last;
    if (found.length < query.limit) await setImmediate();
  }
  return found.slice(0, query.limit);
}

function readSlice(slices: Slices, query: AuditQuery, cursor: Cursor, limit: number): readonly ChainedRecord[] {
  const common = [query.tenant, query.fromMs ?? 0, cursor.timeMs, cursor.chain, cursor.position, limit] as const;
  if (query.key !== undefined) return slices.ofKey.all(...common, query.key).map(toChainedRecord);
  if (query.principal !== undefined) return slices.ofPrincipal.all(...common, query.principal).map(toChainedRecord);
  return slices.ofTenant.all(...common).map(toChainedRecord);
}

/** True when the index alone selects the records. */
function isIndexed(query: AuditQuery): boolean {
  const twoNames = query.key !== undefined && query.principal !== undefined;
  return !twoNames && query.action === undefined && query.decision === undefined;
}

function matches(record: ChainedRecord, query: AuditQuery): boolean {
  return (
    (query.principal === undefined || record.principal === query.principal) &&
    (query.action === undefined || record.action === query.action) &&
    (query.decision === undefined || record.decision === query.decision)
  );
}

/** Where the page begins: before the last record of the previous page, or before the end of the queried time. */
function startOf(query: AuditQuery): Cursor {
  const lastMs = query.toMs === undefined ? Number.MAX_SAFE_INTEGER : query.toMs - 1;
  if (query.after !== undefined && query.after.timeMs <= lastMs) return query.after;
  return { timeMs: lastMs, chain: lastChain, position: 0 };
}
