import type { DatabaseSync } from "node:sqlite";
import { globMatches } from "../../text/glob.ts";
import { requireCount, requireName, requireNames, requireSecretPage } from "../guard.ts";
import { type KeyRange, keyRange } from "../key-range.ts";
import { memoryOf, type StoredSecret } from "../secret-rows.ts";
import type {
  SecretLookup,
  SecretName,
  SecretNamePage,
  SecretPage,
  SecretPageQuery,
  VisibleTo,
} from "../secret-store.ts";
import { type CachedSecrets, lookupName } from "./cached-secrets.ts";
import { count, text } from "./column.ts";
import { padIdentities, remember } from "./identities.ts";
import { createKnownRows } from "./known-rows.ts";
import { createPageStatements, type NameRow } from "./page-statements.ts";
import { prepareRows, prepareSecrets, secretColumns, toSecret } from "./row.ts";
import { emptyPage, globPage, type Page, plainPage } from "./walk-page.ts";

export interface SecretReader {
  findSecrets(lookup: SecretLookup): readonly StoredSecret[];
  listSecrets(query: SecretPageQuery): SecretPage;
  listNames(query: SecretPageQuery): SecretNamePage;
  listHistory(tenant: string, key: string): readonly StoredSecret[];
  listVersionNumbers(tenant: string, keys: readonly string[]): readonly (readonly number[])[];
  listRemoved(untilMs: number, limit: number, skip: number): readonly StoredSecret[];
}

/**
 * Prepares every statement once: preparing again would double the cost of a read. `db` is the shared read connection.
 * Each method must be called in a snapshot, so that none sees half of a batch that is committed meanwhile. `cached`
 * must be cleared whenever a snapshot differs from the one before.
 *
 * 6 times as many reads of one row (`npm run bench:parts -- --only read-secrets`).
 */
export function createSecretReader(db: DatabaseSync, cached: CachedSecrets): SecretReader {
  const secretByKey = prepareSecrets(db, `SELECT ${secretColumns()} FROM secret WHERE tenant = ? AND key = ?`);
  const visibleByKey = remember((identities: number) => prepareSecrets(db, visibleSecret(identities)));
  const visibleById = remember((identities: number) => prepareSecrets(db, visibleSecret(identities, keyOfId)));
  const keyOrNone = db.prepare(`SELECT ${keyOfId} AS key`);
  const keyById = db.prepare("SELECT key FROM secret_id WHERE tenant = ? AND id = ?");
  const historyByKey = prepareSecrets(
    db,
    `SELECT ${secretColumns()} FROM history WHERE tenant = ? AND key = ? ORDER BY version DESC`,
  );
  const numbersByKey = prepareRows(db, "SELECT version FROM history WHERE tenant = ? AND key = ?");
  const removed = prepareSecrets(
    db,
    `SELECT ${secretColumns()} FROM secret WHERE removed = 1 AND updated_at_ms <= ? ORDER BY updated_at_ms LIMIT ? OFFSET ?`,
  );
  const pages = createPageStatements(db);
  const fieldSize = { typical: 1 };
  const secretSize = { typical: 1 };
  const toKnownSecret = createKnownRows();

  function findByKey(tenant: string, key: string, identities: VisibleTo): StoredSecret | undefined {
    const row =
      identities === "everyone"
        ? secretByKey.get(tenant, key)
        : visibleByKey(identities.length).get(tenant, key, ...identities);
    return row === undefined ? undefined : toSecret(row);
  }

  /**
   * Only secrets that were found are cached, so one that is not visible still costs as much as one that does not exist.
   */
  function findByKeys(
    tenant: string,
    keys: ReadonlySet<string>,
    visibleTo: VisibleTo,
    maxBytes: number,
  ): readonly StoredSecret[] {
    const lookup = lookupName(tenant, visibleTo);
    let identities: VisibleTo | undefined;
    const found: StoredSecret[] = [];
    let bytes = 0;
    for (const key of keys) {
      const name = lookup + key;
      let secret = cached.find(name);
      if (secret === undefined) {
        identities ??= padded(visibleTo);
        const read = findByKey(tenant, key, identities);
        if (read === undefined) continue;
        secret = cached.add(name, read);
      }
      found.push(secret);
      if (keys.size === 1 || maxBytes === Number.POSITIVE_INFINITY) continue;
      bytes += memoryOf(secret);
      if (bytes >= maxBytes) break;
    }
    return found;
  }

  function findById(tenant: string, id: string, identities: VisibleTo): StoredSecret | undefined {
    if (identities === "everyone") {
      const row = keyById.get(tenant, id);
      return row === undefined ? undefined : findByKey(tenant, text(row.key), identities);
    }
    const row = visibleById(identities.length).get(tenant, id, ...identities);
    return row === undefined ? undefined : toSecret(row);
  }

  /** Runs the same statements for a key that no glob matches as for an id that does not exist. */
  function findWithin(tenant: string, id: string, identities: VisibleTo, globs: readonly string[]) {
    const key = text(keyOrNone.get(tenant, id)?.key);
    return findByKey(tenant, globs.some((glob) => globMatches(glob, key)) ? key : `/${id}`, identities);
  }

  return {
    findSecrets(lookup) {
      const { tenant, globs, maxBytes = Number.POSITIVE_INFINITY } = lookup;
      const names = lookedUp(lookup);
      if (lookup.ids === undefined) return findByKeys(tenant, names, lookup.visibleTo, maxBytes);
      const visibleTo = padded(lookup.visibleTo);
      const find = (name: string) =>
        globs === undefined ? findById(tenant, name, visibleTo) : findWithin(tenant, name, visibleTo, globs);
      const found: StoredSecret[] = [];
      let bytes = 0;
      for (const name of names) {
        const secret = find(name);
        if (secret === undefined) continue;
        found.push(secret);
        bytes += memoryOf(secret);
        if (bytes >= maxBytes) break;
      }
      return found;
    },
    listSecrets(query) {
      const { items, ...rest } = readPage(query, {
        plain: (range) =>
          plainPage(query, range, (rest, limit) => pages.secrets(query, rest, limit), {
            toItem: toKnownSecret,
            bytesOf: memoryOf,
            rowSize: query.fieldsOnly === true ? fieldSize : secretSize,
          }),
        glob: (range) =>
          globPage<StoredSecret>(pages, query, range, {
            toItem: ([key]) => {
              const row = secretByKey.get(query.tenant, text(key));
              return row === undefined ? undefined : toSecret(row);
            },
            bytesOf: (secret) => (secret === undefined ? 0 : memoryOf(secret)),
          }),
      });
      return { secrets: items, ...rest };
    },
    listNames(query) {
      const { items, ...rest } = readPage(query, {
        plain: (range) =>
          plainPage(query, range, (rest, limit) => pages.names(query, rest, limit), {
            ...names,
            rowSize: { typical: 1 },
          }),
        glob: (range) => globPage(pages, query, range, names),
      });
      return { names: items, ...rest };
    },
    listHistory(tenant, key) {
      requireName(tenant, "tenant");
      requireName(key, "key");
      return historyByKey.all(tenant, key).map(toSecret);
    },
    listVersionNumbers(tenant, keys) {
      requireName(tenant, "tenant");
      for (const key of keys) requireName(key, "key");
      return keys.map((key) => numbersByKey.all(tenant, key).map(({ version }) => count(version)));
    },
    listRemoved(untilMs, limit, skip) {
      requireCount(untilMs, "untilMs");
      requireCount(limit, "limit");
      requireCount(skip, "skip");
      return removed.all(untilMs, limit, skip).map(toSecret);
    },
  };
}

/**
 * Goes through the index of visible secrets first. A secret that is not visible costs as much as one that does not
 * exist, because its row is never read. `key` is an expression of the second parameter.
 */
export function visibleSecret(identities: number, key = "?2"): string {
  // VALUES, because SQLite would build a table for each IN, which doubles the cost of the whole query.
  const listed = Array.from({ length: identities }, (_, at) => `(?${3 + at})`).join(", ");
  return `SELECT ${secretColumns("s.")} FROM (VALUES ${listed}) i CROSS JOIN (VALUES (0), (1)) r
    CROSS JOIN visible v ON v.tenant = ?1 AND v.identity = i.column1 AND v.removed = r.column1 AND v.key = ${key}
    CROSS JOIN secret s ON s.tenant = v.tenant AND s.key = v.key LIMIT 1`;
}

/**
 * The key of an id, or for an id that does not exist a text that cannot be a key. It is looked up within the same
 * statement, so that an id that is not visible takes as long as one that does not exist.
 */
const keyOfId = "ifnull((SELECT key FROM secret_id WHERE tenant = ?1 AND id = ?2), '/' || ?2)";

function padded(visibleTo: VisibleTo): VisibleTo {
  return visibleTo === "everyone" ? visibleTo : padIdentities(visibleTo);
}

function readPage<Item>(
  query: SecretPageQuery,
  read: { readonly plain: (range: KeyRange) => Page<Item>; readonly glob: (range: KeyRange) => Page<Item> },
): Page<Item> {
  requireSecretPage(query);
  const range = keyRange(query.prefix, query.glob, query.after);
  if (range === undefined || query.limit === 0 || query.visibleTo.length === 0) return emptyPage;
  return range.glob === undefined ? read.plain(range) : read.glob(range);
}

const names = { toItem: toName, bytesOf: () => 0 };

function toName([key, id]: NameRow): SecretName {
  return { key: text(key), id: text(id) };
}

function lookedUp(lookup: SecretLookup): ReadonlySet<string> {
  requireName(lookup.tenant, "tenant");
  const names = lookup.ids ?? lookup.keys;
  requireNames(names, lookup.ids === undefined ? "keys" : "ids");
  if (lookup.globs !== undefined) requireNames(lookup.ids && lookup.globs, "globs");
  if (lookup.visibleTo !== "everyone") requireNames(lookup.visibleTo, "visibleTo");
  return new Set(names);
}
