import type { DatabaseSync } from "node:sqlite";
import { requireName, requireNames, requirePage } from "../guard.ts";
import { type KeyRange, keyRange } from "../key-range.ts";
import type { SecretLookup, SecretPage, SecretPageQuery, StoredSecret, VisibleTo } from "../store.ts";
import { padIdentities, remember } from "./identities.ts";
import { createPageStatements, type PageStatements } from "./page-statements.ts";
import { count, prepareSecrets, type SecretRow, secretColumns, text, toSecret } from "./row.ts";

/** Rows that a page with a glob looks at in one query; a glob that matches often needs only a few of them. */
const scanChunk = 512;

export interface SecretReader {
  findSecrets(lookup: SecretLookup): readonly StoredSecret[];
  listSecrets(query: SecretPageQuery): SecretPage;
  listHistory(tenant: string, key: string): readonly StoredSecret[];
}

/**
 * Prepares every statement once: preparing again would double the cost of a read. `db` is the shared read connection; each
 * method is to be called in a snapshot, so that none sees half of a batch that is committed meanwhile.
 */
export function createSecretReader(db: DatabaseSync): SecretReader {
  const secretByKey = prepareSecrets(db, `SELECT ${secretColumns()} FROM secret WHERE tenant = ? AND key = ?`);
  const visibleByKey = remember((identities: number) => prepareSecrets(db, visibleSecret(identities)));
  const visibleById = remember((identities: number) => prepareSecrets(db, visibleSecret(identities, keyOfId)));
  const keyById = db.prepare("SELECT key FROM secret_id WHERE tenant = ? AND id = ?");
  const historyByKey = prepareSecrets(
    db,
    `SELECT ${secretColumns()} FROM history WHERE tenant = ? AND key = ? ORDER BY version DESC`,
  );
  const pages = createPageStatements(db);

  function findByKey(tenant: string, key: string, identities: VisibleTo): StoredSecret | undefined {
    const row =
      identities === "everyone"
        ? secretByKey.get(tenant, key)
        : visibleByKey(identities.length).get(tenant, key, ...identities);
    return row === undefined ? undefined : toSecret(row);
  }

  function findById(tenant: string, id: string, identities: VisibleTo): StoredSecret | undefined {
    if (identities === "everyone") {
      const row = keyById.get(tenant, id);
      return row === undefined ? undefined : findByKey(tenant, text(row.key), identities);
    }
    const row = visibleById(identities.length).get(tenant, id, ...identities);
    return row === undefined ? undefined : toSecret(row);
  }

  return {
    findSecrets(lookup) {
      const { tenant } = lookup;
      const names = lookedUp(lookup);
      const visibleTo = lookup.visibleTo === "everyone" ? lookup.visibleTo : padIdentities(lookup.visibleTo);
      const findOne = lookup.ids === undefined ? findByKey : findById;
      const find = (name: string) => findOne(tenant, name, visibleTo);
      return [...names].map(find).filter((secret) => secret !== undefined);
    },
    listSecrets(query) {
      requirePage(query);
      const range = keyRange(query.prefix, query.glob, query.after);
      if (range === undefined || query.limit === 0 || query.visibleTo.length === 0) return emptyPage;
      if (range.glob === undefined) return plainPage(pages, query, range);
      const { glob } = range;
      return globPage(pages, query, { ...range, glob }, (key) => secretByKey.get(query.tenant, key));
    },
    listHistory(tenant, key) {
      requireName(tenant, "tenant");
      requireName(key, "key");
      return historyByKey.all(tenant, key).map(toSecret);
    },
  };
}

/**
 * Goes through the index of visible secrets first: a secret that is not visible costs what an absent one costs, because its
 * row is never reached. `key` is what the second parameter comes to.
 */
export function visibleSecret(identities: number, key = "?2"): string {
  // VALUES, because SQLite would build a table for each IN, at twice the cost of the whole query.
  const listed = Array.from({ length: identities }, (_, at) => `(?${3 + at})`).join(", ");
  return `SELECT ${secretColumns("s.")} FROM (VALUES ${listed}) i CROSS JOIN (VALUES (0), (1)) r
    CROSS JOIN visible v ON v.tenant = ?1 AND v.identity = i.column1 AND v.removed = r.column1 AND v.key = ${key}
    CROSS JOIN secret s ON s.tenant = v.tenant AND s.key = v.key LIMIT 1`;
}

/**
 * The key of an id, and for an id that leads nowhere a text that no key can be: looked up within the one statement, so that
 * an id that is not visible takes as long as one that does not exist.
 */
const keyOfId = "ifnull((SELECT key FROM secret_id WHERE tenant = ?1 AND id = ?2), '/' || ?2)";

const emptyPage: SecretPage = { secrets: [], next: undefined, scanned: 0 };

function lookedUp(lookup: SecretLookup): ReadonlySet<string> {
  requireName(lookup.tenant, "tenant");
  const names = lookup.ids ?? lookup.keys;
  requireNames(names, lookup.ids === undefined ? "keys" : "ids");
  if (lookup.visibleTo !== "everyone") requireNames(lookup.visibleTo, "visibleTo");
  return new Set(names);
}

/** One row more than wanted is read: it tells whether there is a next page. */
function plainPage(pages: PageStatements, query: SecretPageQuery, range: KeyRange): SecretPage {
  const limit = Math.min(query.limit, query.scanLimit);
  const rows = pages.secrets(query, range, limit + 1);
  const secrets = rows.slice(0, limit).map(toSecret);
  return { secrets, next: rows.length > limit ? secrets.at(-1)?.key : undefined, scanned: secrets.length };
}

/**
 * Walks the visible keys in chunks, in the index alone, and reads only the secrets whose key matches. Stops at the first
 * match too many, so that `next` is right before it, or at the scan limit.
 */
function globPage(
  pages: PageStatements,
  query: SecretPageQuery,
  range: KeyRange & { readonly glob: string },
  read: (key: string) => SecretRow | undefined,
): SecretPage {
  const secrets: StoredSecret[] = [];
  let last: string | undefined;
  let scanned = 0;
  let from = range.from;
  for (;;) {
    const wanted = Math.min(scanChunk, query.scanLimit - scanned + 1);
    const rows = pages.matches(query, { ...range, from }, wanted);
    for (const row of rows) {
      const matches = count(row.matches) === 1;
      if (scanned === query.scanLimit || (matches && secrets.length === query.limit)) {
        return { secrets, next: last, scanned };
      }
      last = text(row.key);
      scanned += 1;
      const found = matches ? read(last) : undefined;
      if (found !== undefined) secrets.push(toSecret(found));
    }
    if (rows.length < wanted || last === undefined) return { secrets, next: undefined, scanned };
    from = `${last}\0`;
  }
}
