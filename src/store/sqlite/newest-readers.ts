import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import type { ReaderLimits, ReaderQuery, RecordedReader } from "../audit-page.ts";
import { requireReaderQueries } from "../guard.ts";
import { count, text } from "./column.ts";
import { prepareSecrets, type SecretRow } from "./row.ts";

export type NewestReaders = (
  tenant: string,
  queries: readonly ReaderQuery[],
  limits: ReaderLimits,
) => Promise<readonly (readonly RecordedReader[])[]>;

/** `db` is the file with the log of access. SQLite takes `version` from the row with the latest time. */
export function createNewestReaders(db: DatabaseSync): NewestReaders {
  const readers = prepareSecrets(
    db,
    `SELECT principal, max(time_ms) AS last_ms, version, count(*) FROM (
        SELECT principal, time_ms, version, action, decision FROM audit INDEXED BY audit_key
        WHERE tenant = ?1 AND key = ?2 AND time_ms >= ?3 ORDER BY time_ms DESC, rowid DESC LIMIT ?4
      ) WHERE action = 'secret.read' AND decision = 'allowed'
      GROUP BY principal ORDER BY last_ms DESC, principal LIMIT ?5`,
  );
  return async (tenant, queries, limits) => {
    requireReaderQueries(tenant, queries, limits);
    const found: (readonly RecordedReader[])[] = [];
    for (const { key, fromMs } of queries) {
      // A key that is read much takes a millisecond, and a request may name many.
      if (found.length > 0) await setImmediate();
      found.push(readers.all(tenant, key, fromMs, limits.records, limits.readers).map(toReader));
    }
    return found;
  };
}

function toReader([slug, lastReadAtMs, version, reads]: SecretRow): RecordedReader {
  return { slug: text(slug), lastReadAtMs: count(lastReadAtMs), version: count(version), reads: count(reads) };
}
