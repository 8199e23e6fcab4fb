import type { Db, Document } from "mongodb";
import { compareBytes } from "../../../text/byte-order.ts";
import { globMatches } from "../../../text/glob.ts";
import { requireSecretPage } from "../../guard.ts";
import { type KeyRange, keyRange } from "../../key-range.ts";
import { memoryOf, type StoredSecret } from "../../secret-rows.ts";
import type { SecretName, SecretNamePage, SecretPage, SecretPageQuery } from "../../secret-store.ts";
import { StoreError } from "../../store-error.ts";
import { toSecret } from "../rows/documents.ts";
import { createKnownDocuments, type KnownDocuments } from "../rows/known-documents.ts";
import { createRawSecrets } from "../rows/raw-secret.ts";
import { indexFor, type NamesQuery, nameFilters, type RangeFilter, rangeFilters } from "./range-filters.ts";
import { findRaw, type RawReply } from "./raw-find.ts";

/** Keys that a page with a glob reads in one query; a glob that matches often needs only a few of them. */
const scanChunk = 1_000;

/** Secrets with values that are read in one query for a page with a glob, when the page may end before its last one. */
const keysAtOnce = 128;

/** Secrets with values that are asked for at once, when the page may end before its last one. */
const valuesAtOnce = 101;

const emptyPage: SecretPage = { secrets: [], next: undefined, scanned: 0 };
const emptyNames: SecretNamePage = { names: [], next: undefined, scanned: 0 };

/**
 * Pages of secrets in key order. One range for each identity: the cost depends on the page, not on the size of the
 * store.
 */
export function createPageReader(queries: PageQueries, known = createKnownDocuments()): PageReader {
  const reader = { ...queries, known };
  const rangeOf = (query: SecretPageQuery): KeyRange | undefined => {
    requireSecretPage(query);
    return query.limit === 0 || query.visibleTo.length === 0
      ? undefined
      : keyRange(query.prefix, query.glob, query.after);
  };
  return {
    async listSecrets(query) {
      const range = rangeOf(query);
      if (range === undefined) return emptyPage;
      const { glob } = range;
      return glob === undefined ? plainPage(reader, query, range) : globPage(reader, query, { ...range, glob });
    },
    async listNames({ maxBytes: _maxBytes, ...query }) {
      const range = rangeOf(query);
      if (range === undefined) return emptyNames;
      const { glob } = range;
      return glob === undefined ? plainNames(reader, query, range) : globNames(reader, query, { ...range, glob });
    },
  };
}

export interface PageReader {
  listSecrets(query: SecretPageQuery): Promise<SecretPage>;
  listNames(query: SecretPageQuery): Promise<SecretNamePage>;
}

export interface PageQueries {
  readonly db: Db;
  readonly maxTimeMs: number;
}

interface SecretQueries extends PageQueries {
  readonly known: KnownDocuments;
}

/** Reads one document more than the page holds: it shows whether there is a next page. */
async function plainPage(queries: SecretQueries, query: SecretPageQuery, range: KeyRange): Promise<SecretPage> {
  const limit = Math.min(query.limit, query.scanLimit);
  const found = await secretsIn(queries, query, range, limit + 1);
  const secrets = firstBytes(found.slice(0, limit), query.maxBytes);
  return { secrets, next: found.length > secrets.length ? secrets.at(-1)?.key : undefined, scanned: secrets.length };
}

async function plainNames(queries: PageQueries, query: SecretPageQuery, range: KeyRange): Promise<SecretNamePage> {
  const limit = Math.min(query.limit, query.scanLimit);
  const found = await namesOf(queries, query, range, limit + 1);
  const names = found.slice(0, limit);
  return { names, next: found.length > limit ? names.at(-1)?.key : undefined, scanned: names.length };
}

/** The first secrets, up to the one that reaches `maxBytes`. */
function firstBytes(found: readonly StoredSecret[], maxBytes = Number.POSITIVE_INFINITY): StoredSecret[] {
  const secrets: StoredSecret[] = [];
  let bytes = 0;
  for (const secret of found) {
    if (bytes >= maxBytes && secrets.length > 0) break;
    secrets.push(secret);
    bytes += memoryOf(secret);
  }
  return secrets;
}

/** Reads only the secrets whose names match. */
async function globPage(
  queries: PageQueries,
  query: SecretPageQuery,
  range: KeyRange & { readonly glob: string },
): Promise<SecretPage> {
  const { names, ...page } = await globNames(queries, query, range);
  const keys = names.map(({ key }) => key);
  return { ...page, ...(await firstOf(queries, query, keys)) };
}

/**
 * Walks the visible names in chunks, in the index alone. Stops at the scan limit, or at the first match beyond the
 * page, so that `next` is right before it.
 */
async function globNames(
  queries: PageQueries,
  query: SecretPageQuery,
  range: KeyRange & { readonly glob: string },
): Promise<SecretNamePage> {
  const names: SecretName[] = [];
  let last: string | undefined;
  let scanned = 0;
  let from = range.from;
  let next: string | undefined;
  scan: for (;;) {
    const wanted = Math.min(scanChunk, query.scanLimit - scanned + 1);
    const found = await namesOf(queries, query, { ...range, from }, wanted);
    for (const name of found) {
      const matches = globMatches(range.glob, name.key);
      if (scanned === query.scanLimit || (matches && names.length === query.limit)) {
        next = last;
        break scan;
      }
      last = name.key;
      scanned += 1;
      if (matches) names.push(name);
    }
    if (found.length < wanted || last === undefined) break;
    from = `${last}\0`;
  }
  return { names, next, scanned };
}

/** The secrets with these keys, in chunks, until `maxBytes` are reached. Then also where the page ends. */
async function firstOf(
  queries: PageQueries,
  query: SecretPageQuery,
  keys: readonly string[],
): Promise<Pick<SecretPage, "secrets"> & Partial<Pick<SecretPage, "next">>> {
  const { maxBytes } = query;
  if (maxBytes === undefined || keys.length <= keysAtOnce) return { secrets: await secretsOf(queries, query, keys) };
  const secrets: StoredSecret[] = [];
  let bytes = 0;
  for (let at = 0; at < keys.length; at += keysAtOnce) {
    const some = keys.slice(at, at + keysAtOnce);
    for (const secret of await secretsOf(queries, query, some)) {
      secrets.push(secret);
      bytes += memoryOf(secret);
    }
    const last = some.at(-1);
    if (bytes >= maxBytes && at + keysAtOnce < keys.length && last !== undefined) return { secrets, next: last };
  }
  return { secrets };
}

/** The first `limit` secrets of a range in key order, or fewer, but then `maxBytes` of them and one more. */
async function secretsIn(
  queries: SecretQueries,
  query: SecretPageQuery,
  range: KeyRange,
  limit: number,
): Promise<StoredSecret[]> {
  const projection: Document = query.fieldsOnly === true ? { ...storeFields, envelope: 0 } : storeFields;
  const { maxBytes } = query;
  return rowsIn(queries, rangeFilters(query, range), range, {
    limit,
    atOnce: maxBytes === undefined ? limit : Math.min(limit, valuesAtOnce),
    projection,
    read({ reply, starts }) {
      const { secretAt } = createRawSecrets(reply);
      return starts.map(query.fieldsOnly === true ? (start) => queries.known(reply, start, secretAt) : secretAt);
    },
    isEnough: (found) => maxBytes !== undefined && firstBytes(found, maxBytes).length < found.length,
  });
}

/** What only the store needs. */
const storeFields = { _id: 0, visibleTo: 0, operation: 0 } as const;

/** The first `limit` names of a range in order, from the index alone. */
export async function namesOf(
  queries: PageQueries,
  query: NamesQuery,
  range: KeyRange,
  limit: number,
): Promise<SecretName[]> {
  return rowsIn(queries, nameFilters(query, range), range, {
    limit,
    atOnce: limit,
    projection: { _id: 0, key: 1, id: 1 },
    read({ reply, starts }) {
      const { nameAt } = createRawSecrets(reply);
      return starts.map(nameAt);
    },
    isEnough: () => false,
  });
}

interface Rows<Row> {
  readonly limit: number;
  /** How many are asked for in one query. */
  readonly atOnce: number;
  readonly projection: Document;
  readonly read: (reply: RawReply) => Row[];
  /** Whether no more is needed than what was found of a range. */
  readonly isEnough: (found: readonly Row[]) => boolean;
}

async function rowsIn<Row extends { readonly key: string }>(
  { db, maxTimeMs }: PageQueries,
  filters: readonly RangeFilter[],
  range: KeyRange,
  { limit, atOnce, projection, read, isEnough }: Rows<Row>,
): Promise<Row[]> {
  const pages = filters.map(async ({ filter, hint }) => {
    const found: Row[] = [];
    let from = range.from;
    for (;;) {
      const wanted = Math.min(atOnce, limit - found.length);
      const page = { ...filter, key: { $gte: from, $lt: range.to } };
      const fields = {
        collection: "secrets",
        filter: page,
        hint,
        projection,
        sort: { key: 1 },
        limit: wanted,
        maxTimeMs,
      };
      const reply = await findRaw(db, fields);
      const rows = read(reply);
      for (const row of rows) found.push(row);
      const isLast = reply.starts.length < wanted && !reply.hasMore;
      if (isLast || found.length >= limit || isEnough(found)) return found;
      // A damaged key may read as one that comes before.
      const last = rows.findLast(({ key }) => key !== "" && compareBytes(key, from) >= 0);
      if (last === undefined) throw new StoreError("unavailable", "MongoDB has secrets whose keys cannot be read");
      from = `${last.key}\0`;
    }
  });
  return merge(await Promise.all(pages), limit);
}

/**
 * Queries with the identities again, so that a secret is not shown when access to it was lost since its key was read.
 */
async function secretsOf(
  { db, maxTimeMs }: PageQueries,
  query: SecretPageQuery,
  keys: readonly string[],
): Promise<StoredSecret[]> {
  if (keys.length === 0) return [];
  const { hint, field } = indexFor(query);
  const seen = query.visibleTo === "everyone" ? {} : { [field]: { $in: query.visibleTo } };
  const filter = {
    tenant: { $eq: query.tenant },
    removed: { $eq: query.removed === true },
    ...seen,
    key: { $in: keys },
  };
  const found = await db.collection("secrets").find(filter, { hint, maxTimeMS: maxTimeMs }).toArray();
  return found.map(toSecret).sort((a, b) => compareBytes(a.key, b.key));
}

/** Merges the results of several queries, each in key order: each row once. */
function merge<Row extends { readonly key: string }>(lists: readonly Row[][], limit: number): Row[] {
  // Most users are listed by one of their names everywhere.
  const [only, ...others] = lists.filter((list) => list.length > 0);
  if (only === undefined) return [];
  if (others.length === 0) return only.slice(0, limit);
  const heads = lists.map(() => 0);
  const merged: Row[] = [];
  let last: Row | undefined;
  while (merged.length < limit) {
    let least: Row | undefined;
    for (const [index, list] of lists.entries()) {
      const row = list[heads[index] ?? 0];
      if (row !== undefined && (least === undefined || compareBytes(row.key, least.key) < 0)) least = row;
    }
    if (least === undefined) break;
    // A damaged key reads as another one, which is not in its place.
    if (last !== undefined && compareBytes(last.key, least.key) >= 0) return sorted(lists, limit);
    for (const [index, list] of lists.entries()) {
      const head = heads[index] ?? 0;
      if (list[head]?.key === least.key) heads[index] = head + 1;
    }
    merged.push(least);
    last = least;
  }
  return merged;
}

function sorted<Row extends { readonly key: string }>(lists: readonly Row[][], limit: number): Row[] {
  const byKey = new Map(lists.flat().map((row) => [row.key, row]));
  return [...byKey.values()].sort((a, b) => compareBytes(a.key, b.key)).slice(0, limit);
}
