import type { DatabaseSync } from "node:sqlite";
import { actionsWithoutChange } from "../../audit/save-action.ts";
import type { ChangeQuery, RecordedChange } from "../audit-page.ts";
import { requireChangeQueries } from "../guard.ts";
import { count, text } from "./column.ts";
import { prepareSecrets, type SecretRow } from "./row.ts";

export type NewestChanges = (queries: readonly ChangeQuery[], limit: number) => readonly (readonly RecordedChange[])[];

/** Sorts after every action that begins with the same text. */
const afterAll = "\u{10ffff}";

/** `db` is the file with the log of changes. A query takes some microseconds: the index leads to the newest record. */
export function createNewestChanges(db: DatabaseSync): NewestChanges {
  const newest = prepareSecrets(
    db,
    `SELECT chain, position, time_ms, action, version, filter FROM audit INDEXED BY audit_key
      WHERE tenant = ?1 AND key = ?2 AND action >= ?3 AND action < ?4 AND version >= ?5 AND decision = 'allowed'
        AND action NOT IN (${actionsWithoutChange.map((action) => `'${action}'`).join(", ")})
      ORDER BY time_ms DESC, rowid DESC LIMIT ?6`,
  );
  return (queries, limit) => {
    requireChangeQueries(queries, limit);
    return queries.map(({ tenant, name, action, isVersioned }) =>
      newest.all(tenant, name, action, action + afterAll, isVersioned ? 1 : 0, limit).map(toChange),
    );
  };
}

function toChange([chain, position, timeMs, action, version, filter]: SecretRow): RecordedChange {
  return {
    chain: text(chain),
    position: count(position),
    timeMs: count(timeMs),
    action: text(action),
    version: count(version),
    filter: text(filter),
  };
}
