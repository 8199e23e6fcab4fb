import type { DatabaseSync } from "node:sqlite";
import type { KeyRange } from "../key-range.ts";
import type { SecretPageQuery } from "../store.ts";
import { padIdentities, remember } from "./identities.ts";
import { prepareSecrets, type Row, type SecretRow, secretColumns } from "./row.ts";

export interface PageStatements {
  /** The first `limit` visible secrets of a range, in key order. */
  secrets(query: SecretPageQuery, range: KeyRange, limit: number): SecretRow[];
  /** The first `limit` visible keys of a range, in key order, and whether each `matches` the glob. Reads only the index. */
  matches(query: SecretPageQuery, range: KeyRange & { readonly glob: string }, limit: number): Row[];
}

/** A statement depends on how many identities there are, so they are prepared when first needed, for powers of two. */
export function createPageStatements(db: DatabaseSync): PageStatements {
  const prepare = remember((sql: string) => db.prepare(sql));
  const prepareRows = remember((sql: string) => prepareSecrets(db, sql));

  return {
    secrets(query, range, limit) {
      const identities = query.visibleTo === "everyone" ? [] : padIdentities(query.visibleTo);
      // A plain JOIN may scan the whole table of secrets; CROSS JOIN keeps the order.
      const statement = prepareRows(`SELECT ${secretColumns("s.")} FROM (${visibleKeys(query, identities.length)}) v
        CROSS JOIN secret s ON s.tenant = ?1 AND s.key = v.key ORDER BY v.key`);
      return statement.all(query.tenant, range.from, range.to, limit, ...identities);
    },
    matches(query, range, limit) {
      const identities = query.visibleTo === "everyone" ? [] : padIdentities(query.visibleTo);
      const glob = `?${5 + identities.length}`;
      const statement = prepare(`SELECT key, key GLOB ${glob} AS matches
        FROM (${visibleKeys(query, identities.length)}) ORDER BY key`);
      return statement.all(query.tenant, range.from, range.to, limit, ...identities, toSqliteGlob(range.glob));
    },
  };
}

/** One range for each identity, united in key order: the cost is that of the page, whatever else there is. */
function visibleKeys(query: SecretPageQuery, identities: number): string {
  const range = "key >= ?2 AND key < ?3";
  if (query.visibleTo === "everyone") {
    return `SELECT key FROM secret INDEXED BY secret_live
      WHERE tenant = ?1 AND removed = 0 AND ${range} ORDER BY key LIMIT ?4`;
  }
  const readable = query.right === "read" ? "AND can_read = 1" : "";
  const ranges = Array.from(
    { length: identities },
    (_, at) =>
      `SELECT key FROM visible WHERE tenant = ?1 AND identity = ?${5 + at} AND removed = 0 AND ${range} ${readable}`,
  );
  return `SELECT key FROM (${ranges.join(" UNION ")}) ORDER BY key LIMIT ?4`;
}

/** To SQLite `?` and `[` are special as well. */
function toSqliteGlob(glob: string): string {
  return glob.replaceAll(/\*+/g, "*").replaceAll(/[?[]/g, "[$&]");
}
