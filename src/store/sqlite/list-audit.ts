import type { DatabaseSync, StatementSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import type { ChainedRecord } from "../../audit/record.ts";
import { globMatches } from "../../text/glob.ts";
import { type AuditQuery, commonAction, mergedKeys, newestFirst } from "../audit-page.ts";
import { keyRange } from "../key-range.ts";
import { text } from "./column.ts";
import { toChainedRecord } from "./row.ts";

/** Rows that are read before other work gets its turn, when a filter has no index of its own. */
const sliceRows = 1_000;

/** Keys that are looked at to find those that match a glob: one step in the index for each. */
const keysLookedAt = 2_000;

/** Sorts after every chain. */
const lastChain = "\u{10ffff}";

type Cursor = NonNullable<AuditQuery["after"]>;

/** An index in which the records are in their order, with the name that it begins with, if any. */
interface Walk {
  readonly statement: StatementSync;
  readonly name: string | undefined;
  /** The fields of a query that the index selects. */
  readonly by: "tenant" | "key" | "principal" | "action";
}

/** Lists the records of one file, newest first. */
export function createSinkList(db: DatabaseSync): (query: AuditQuery) => Promise<readonly ChainedRecord[]> {
  const walksOf = prepareWalks(db);
  return async (query) => {
    const walks = walksOf(query);
    const found: ChainedRecord[] = [];
    for (const [at, walk] of walks.entries()) {
      if (at > 0) await setImmediate();
      found.push(...(await follow(walk, query)));
    }
    return walks.length === 1 ? found : found.sort(newestFirst).slice(0, query.limit);
  };
}

/** The walks that together meet every record that a query selects, and few others. */
function prepareWalks(db: DatabaseSync): (query: AuditQuery) => readonly Walk[] {
  const prepare = (index: string, condition: string) =>
    db.prepare(`SELECT * FROM audit INDEXED BY ${index}
      WHERE tenant = ?1 AND time_ms >= ?2 AND time_ms <= ?3 AND (time_ms < ?3 OR (chain, position) < (?4, ?5)) ${condition}
      ORDER BY time_ms DESC, chain DESC, position DESC LIMIT ?6`);
  const ofTenant = prepare("audit_time", "");
  const ofKey = prepare("audit_key", "AND key = ?7");
  const ofPrincipal = prepare("audit_principal", "AND principal = ?7");
  const ofAction = prepare("audit_action", `AND action = ?7 AND action <> '${commonAction}'`);
  const keysMatching = prepareKeys(db);
  return ({ tenant, key, keyGlob, principal, actions }) => {
    const keys = key !== undefined ? [key] : keyGlob === undefined ? undefined : keysMatching(tenant, keyGlob);
    if (keys !== undefined) return keys.map((name) => ({ statement: ofKey, name, by: "key" }));
    if (principal !== undefined) return [{ statement: ofPrincipal, name: principal, by: "principal" }];
    if (actions !== undefined && !actions.includes(commonAction)) {
      return [...new Set(actions)].map((name) => ({ statement: ofAction, name, by: "action" }));
    }
    return [{ statement: ofTenant, name: undefined, by: "tenant" }];
  };
}

/** The keys with records that match a glob; undefined when there are too many to look at, or to merge. */
function prepareKeys(db: DatabaseSync): (tenant: string, glob: string) => readonly string[] | undefined {
  const first = db.prepare(
    "SELECT key FROM audit INDEXED BY audit_key WHERE tenant = ? AND key >= ? AND key < ? ORDER BY key LIMIT 1",
  );
  return (tenant, glob) => {
    const keys: string[] = [];
    let after = "";
    for (let looked = 0; looked < keysLookedAt; looked += 1) {
      const range = keyRange("", glob, after);
      const row = range && first.get(tenant, range.from, range.to);
      if (row === undefined) return keys;
      after = text(row.key);
      // Records about no key have "".
      if (after === "") after = "\u0001";
      else if (globMatches(glob, after)) keys.push(after);
      if (keys.length > mergedKeys) return undefined;
    }
    return undefined;
  };
}

async function follow(walk: Walk, query: AuditQuery): Promise<readonly ChainedRecord[]> {
  const found: ChainedRecord[] = [];
  const limit = isIndexed(walk, query) ? query.limit : Math.max(query.limit, sliceRows);
  let cursor: Cursor = startOf(query);
  while (found.length < query.limit) {
    const { chain, position, timeMs } = cursor;
    const common = [query.tenant, query.fromMs ?? 0, timeMs, chain, position, limit] as const;
    const rows = walk.name === undefined ? walk.statement.all(...common) : walk.statement.all(...common, walk.name);
    const slice = rows.map(toChainedRecord);
    found.push(...slice.filter((record) => matches(record, query)));
    const last = slice.at(-1);
    if (last === undefined || slice.length < limit) break;
    cursor = last;
    if (found.length < query.limit) await setImmediate();
  }
  return found.slice(0, query.limit);
}

/** True when the index alone selects the records. */
function isIndexed({ by }: Walk, query: AuditQuery): boolean {
  return (
    query.decision === undefined &&
    query.actionPrefix === undefined &&
    (query.actions === undefined || by === "action") &&
    (query.principal === undefined || by === "principal") &&
    (query.keyGlob === undefined || by === "key")
  );
}

function matches(record: ChainedRecord, query: AuditQuery): boolean {
  const { keyGlob, principal, actions, actionPrefix, decision } = query;
  return (
    (keyGlob === undefined || (record.key !== "" && globMatches(keyGlob, record.key))) &&
    (principal === undefined || record.principal === principal) &&
    (actions === undefined || actions.includes(record.action)) &&
    (actionPrefix === undefined || record.action.startsWith(actionPrefix)) &&
    (decision === undefined || record.decision === decision)
  );
}

/** Where the page begins: before the last record of the previous page, or before the end of the queried time. */
function startOf(query: AuditQuery): Cursor {
  const lastMs = query.toMs === undefined ? Number.MAX_SAFE_INTEGER : query.toMs - 1;
  if (query.after !== undefined && query.after.timeMs <= lastMs) return query.after;
  return { timeMs: lastMs, chain: lastChain, position: 0 };
}
