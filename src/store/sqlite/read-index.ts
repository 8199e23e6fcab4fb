import type { DatabaseSync } from "node:sqlite";
import { requireCount, requireName, requireText } from "../guard.ts";
import type { IndexEntry, IndexPage } from "../secret-store.ts";
import { type Row, text } from "./column.ts";
import { prepareRows } from "./row.ts";

export interface IndexReader {
  listIndex(after: string, limit: number): IndexPage;
  indexOf(tenant: string, key: string): readonly IndexEntry[];
}

/** Reads the table `visible`. */
export function createIndexReader(db: DatabaseSync): IndexReader {
  const page = prepareRows(
    db,
    `SELECT * FROM visible WHERE (tenant, identity, removed, key) > (?, ?, ?, ?)
      ORDER BY tenant, identity, removed, key LIMIT ?`,
  );
  // It has no index by key, which each save would have to write.
  const ofKey = prepareRows(db, "SELECT * FROM visible WHERE tenant = ? AND key = ? ORDER BY identity, removed");
  return {
    listIndex(after, limit) {
      requireText(after, "after");
      requireCount(limit, "limit");
      const [tenant = "", identity = "", removed = "-1", key = ""] = after === "" ? [] : after.split("\0");
      const rows = page.all(tenant, identity, Number(removed), key, limit);
      const last = rows.length < limit ? undefined : rows.at(-1);
      const next = last && [last.tenant, last.identity, last.removed, last.key].map(String).join("\0");
      return { entries: rows.map(toEntry), next };
    },
    indexOf(tenant, key) {
      requireName(tenant, "tenant");
      requireName(key, "key");
      return ofKey.all(tenant, key).map(toEntry);
    },
  };
}

function toEntry({ tenant, key, id, identity, can_read, removed }: Row): IndexEntry {
  return {
    tenant: text(tenant),
    key: text(key),
    id: text(id),
    identity: text(identity),
    canRead: can_read !== 0,
    removed: removed !== 0,
  };
}
