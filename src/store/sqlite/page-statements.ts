import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { KeyRange } from "../key-range.ts";
import type { SecretPageQuery } from "../secret-store.ts";
import { padIdentities, remember } from "./identities.ts";
import { prepareSecrets, type SecretRow, secretColumns, secretFieldColumns } from "./row.ts";

/** Key, id and, for a query with a glob, 1 when the key matches and 0 when it does not. */
export type NameRow = readonly SQLOutputValue[];

type NamesQuery = Pick<SecretPageQuery, "tenant" | "visibleTo" | "right" | "removed">;

/** The first `limit` secrets of a range that the query may see, in key order. */
export interface PageStatements {
  secrets(query: SecretPageQuery, range: KeyRange, limit: number): readonly SecretRow[];
  /**
   * Reads only the index.
   *
   * 5 times as many pages of 100 names (`npm run bench:parts -- --only names`).
   */
  names(query: NamesQuery, range: KeyRange, limit: number): readonly NameRow[];
}

/**
 * A statement depends on the number of identities. Each is prepared when first needed, for a power of two of them.
 *
 * 1.5 times as many pages of 10, and 1.1 times as many of 100 (`npm run bench:parts -- --only page-statements`).
 */
export function createPageStatements(db: DatabaseSync): PageStatements {
  const prepare = remember((sql: string) => prepareSecrets(db, sql));
  const identitiesOf = ({ visibleTo }: NamesQuery) => (visibleTo === "everyone" ? [] : padIdentities(visibleTo));

  return {
    secrets(query, range, limit) {
      const identities = identitiesOf(query);
      const statement = prepare(secretsPage(query, identities.length));
      return statement.all(query.tenant, range.from, range.to, limit, ...identities);
    },
    names(query, range, limit) {
      const identities = identitiesOf(query);
      const glob = range.glob === undefined ? [] : [toSqliteGlob(range.glob)];
      const statement = prepare(namesPage(query, identities.length, glob.length > 0));
      return statement.all(query.tenant, range.from, range.to, limit, ...identities, ...glob);
    },
  };
}

/** A plain JOIN may scan the whole table of secrets; CROSS JOIN keeps the order. */
export function secretsPage(query: SecretPageQuery, identities: number): string {
  const columns = query.fieldsOnly === true ? secretFieldColumns("s.") : secretColumns("s.");
  return `SELECT ${columns} FROM (${visible("key", query, identities)}) v
    CROSS JOIN secret s ON s.tenant = ?1 AND s.key = v.key ORDER BY v.key`;
}

export function namesPage(query: NamesQuery, identities: number, hasGlob: boolean): string {
  const names = visible("key, id", query, identities);
  return hasGlob ? `SELECT key, id, key GLOB ?${5 + identities} FROM (${names}) ORDER BY key` : names;
}

/** One range for each identity, united in key order: the cost depends on the page, not on the size of the store. */
export function visible(
  columns: string,
  query: Pick<SecretPageQuery, "visibleTo" | "right" | "removed">,
  identities: number,
): string {
  const range = "key >= ?2 AND key < ?3";
  const removed = query.removed === true ? 1 : 0;
  if (query.visibleTo === "everyone") {
    // Removed secrets have no index in the order of their keys. They are few: after 30 days they are purged.
    const index = removed === 1 ? "secret_removed" : "secret_live";
    return `SELECT ${columns} FROM secret INDEXED BY ${index}
      WHERE tenant = ?1 AND removed = ${removed} AND ${range} ORDER BY key LIMIT ?4`;
  }
  const readable = query.right === "read" ? "AND can_read = 1" : "";
  const ranges = Array.from(
    { length: identities },
    (_, at) =>
      `SELECT ${columns} FROM visible WHERE tenant = ?1 AND identity = ?${5 + at} AND removed = ${removed} AND ${range} ${readable}`,
  );
  return `SELECT ${columns} FROM (${ranges.join(" UNION ")}) ORDER BY key LIMIT ?4`;
}

/** For SQLite `?` and `[` are also special. */
function toSqliteGlob(glob: string): string {
  return glob.replaceAll(/\*+/g, "*").replaceAll(/[?[]/g, "[$&]");
}
