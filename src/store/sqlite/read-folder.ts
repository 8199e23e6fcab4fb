import type { DatabaseSync } from "node:sqlite";
import { timedNames, walkFolder } from "../folder.ts";
import { requireFolder, requireFolderCount } from "../guard.ts";
import { highest } from "../key-range.ts";
import type { FolderCount, FolderCountQuery, FolderPage, FolderQuery } from "../secret-store.ts";
import { count, text } from "./column.ts";
import { decodeDocument } from "./document.ts";
import { padIdentities, remember } from "./identities.ts";
import { createPageStatements, visible } from "./page-statements.ts";

export interface FolderReader {
  listFolder(query: FolderQuery): Promise<FolderPage>;
  countFolder(query: FolderCountQuery): FolderCount;
}

/** Names that are read at a time. */
const chunk = 128;

/** `reading` runs each query in a snapshot. */
export function createFolderReader(db: DatabaseSync, reading: <T>(read: () => T) => T): FolderReader {
  const pages = createPageStatements(db);
  const prepare = remember((sql: string) => {
    const statement = db.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  });
  return {
    listFolder: async (query) => {
      requireFolder(query);
      if (query.limit === 0 || query.visibleTo.length === 0) return { entries: [], next: undefined };
      return walkFolder(query, chunk, async (range, limit) =>
        reading(() => pages.names(query, { ...range, glob: undefined }, limit)).map(([key, id]) => ({
          key: text(key),
          id: text(id),
        })),
      );
    },
    countFolder(query) {
      requireFolderCount(query);
      const { tenant, visibleTo, prefix, limit } = query;
      if (visibleTo.length === 0) return { secrets: 0, more: false, timed: [] };
      const identities = visibleTo === "everyone" ? [] : padIdentities(visibleTo);
      const from = [tenant, prefix, prefix + highest];
      const keys = visible("key", query, identities.length);
      const counted = prepare(`SELECT count(*) FROM (${keys})`).get(...from, limit + 1, ...identities);
      const found = count((counted as unknown as readonly (number | undefined)[])[0] ?? 0);
      const timed = prepare(timedSecrets(keys)).all(...from, limit, ...identities) as unknown as readonly TimedRow[];
      return {
        secrets: Math.min(found, limit),
        more: found > limit,
        timed: timed.map(([document, valueChangedAtMs]) => ({
          metadata: decodeDocument(text(document)).metadata,
          valueChangedAtMs: count(valueChangedAtMs),
        })),
      };
    },
  };
}

type TimedRow = readonly [string, number];

/** Looks for the names as JSON has them, which is cheaper than reading it. Others that contain them do no harm. */
function timedSecrets(keys: string): string {
  const named = timedNames.map((name) => `instr(s.document, '"${name}"') > 0`).join(" OR ");
  return `SELECT s.document, s.value_changed_at_ms FROM (${keys}) v
    CROSS JOIN secret s ON s.tenant = ?1 AND s.key = v.key WHERE ${named}`;
}
