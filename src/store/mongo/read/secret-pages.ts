import { Binary, type Collection, type Document } from "mongodb";
import { compareBytes } from "../../../text/byte-order.ts";
import { globMatches } from "../../../text/glob.ts";
import { requireSecretPage } from "../../guard.ts";
import { type KeyRange, keyRange } from "../../key-range.ts";
import { memoryOf, type StoredSecret } from "../../secret-rows.ts";
import type { SecretName, SecretNamePage, SecretPage, SecretPageQuery } from "../../secret-store.ts";
import { toSecret } from "../rows/documents.ts";
import { secretIndexes } from "../rows/schema.ts";

/** Keys that a page with a glob reads in one query; a glob that matches often needs only a few of them. */
const scanChunk = 1_000;

/**
 * Ranges that MongoDB merges in the order of the index. With more it would read and sort everything that is visible.
 */
const identitiesAtOnce = 100;

/** Secrets with values that are read in one query for a page with a glob, when the page may end before its last one. */
const keysAtOnce = 128;

/** More than the largest row, so that what was read shows whether there is a next page. */
const largestRow = 128 * 1024;

const emptyPage: SecretPage = { secrets: [], next: undefined, scanned: 0 };

/**
 * Pages of secrets in key order. One range for each identity: the cost depends on the page, not on the size of the
 * store.
 */
export function createPageReader(secrets: Collection<Document>, maxTimeMs: number): PageReader {
  const reader: PageQueries = { secrets, maxTimeMs };
  const pageOf = async (query: SecretPageQuery, projection: Document): Promise<SecretPage> => {
    requireSecretPage(query);
    const range = keyRange(query.prefix, query.glob, query.after);
    if (range === undefined || query.limit === 0 || query.visibleTo.length === 0) return emptyPage;
    const { glob } = range;
    if (glob !== undefined) return globPage(reader, query, { ...range, glob });
    return plainPage(reader, query, range, projection);
  };
  return {
    listSecrets: (query) => pageOf(query, query.fieldsOnly === true ? { envelope: 0 } : {}),
    async listNames({ maxBytes: _maxBytes, ...query }) {
      const { secrets: found, ...rest } = await pageOf(query, { _id: 0, key: 1, id: 1 });
      return { names: found.map(({ key, id }) => ({ key, id })), ...rest };
    },
  };
}

export interface PageReader {
  listSecrets(query: SecretPageQuery): Promise<SecretPage>;
  listNames(query: SecretPageQuery): Promise<SecretNamePage>;
}

type NamesQuery = Pick<SecretPageQuery, "tenant" | "visibleTo" | "right" | "removed">;

export interface PageQueries {
  readonly secrets: Collection<Document>;
  readonly maxTimeMs: number;
}

/** Reads one document more than the page holds: it shows whether there is a next page. */
async function plainPage(
  queries: PageQueries,
  query: SecretPageQuery,
  range: KeyRange,
  projection: Document,
): Promise<SecretPage> {
  const limit = Math.min(query.limit, query.scanLimit);
  const found = await documentsOf(queries, query, range, { limit: limit + 1, projection });
  const secrets = firstBytes(found.slice(0, limit), query.maxBytes);
  return { secrets, next: found.length > secrets.length ? secrets.at(-1)?.key : undefined, scanned: secrets.length };
}

/** The first secrets, up to the one that reaches `maxBytes`. */
function firstBytes(documents: readonly Document[], maxBytes = Number.POSITIVE_INFINITY): StoredSecret[] {
  const secrets: StoredSecret[] = [];
  let bytes = 0;
  for (const document of documents) {
    if (bytes >= maxBytes && secrets.length > 0) break;
    const secret = toSecret(document);
    secrets.push(secret);
    bytes += memoryOf(secret);
  }
  return secrets;
}

/**
 * Walks the visible keys in chunks, in the index alone, and reads only the secrets whose key matches. Stops at the scan
 * limit, or at the first match beyond the page, so that `next` is right before it.
 */
async function globPage(
  queries: PageQueries,
  query: SecretPageQuery,
  range: KeyRange & { readonly glob: string },
): Promise<SecretPage> {
  const matching: string[] = [];
  let last: string | undefined;
  let scanned = 0;
  let from = range.from;
  let next: string | undefined;
  scan: for (;;) {
    const wanted = Math.min(scanChunk, query.scanLimit - scanned + 1);
    const keys = await keysOf(queries, query, { ...range, from }, wanted);
    for (const key of keys) {
      const matches = globMatches(range.glob, key);
      if (scanned === query.scanLimit || (matches && matching.length === query.limit)) {
        next = last;
        break scan;
      }
      last = key;
      scanned += 1;
      if (matches) matching.push(key);
    }
    if (keys.length < wanted || last === undefined) break;
    from = `${last}\0`;
  }
  return { next, scanned, ...(await firstOf(queries, query, matching)) };
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

/** The first `limit` documents of a range in key order. */
async function documentsOf(
  { secrets, maxTimeMs }: PageQueries,
  query: SecretPageQuery,
  range: KeyRange,
  { limit, projection }: { readonly limit: number; readonly projection: Document },
): Promise<Document[]> {
  const pages = rangeFilters(query, range).map(async ({ filter, hint }) => {
    const found: Document[] = [];
    let bytes = 0;
    const cursor = secrets.find(filter, { hint, projection, sort: { key: 1 }, limit, maxTimeMS: maxTimeMs });
    for await (const document of cursor) {
      found.push(document);
      bytes += document.envelope instanceof Binary ? document.envelope.length() : 0;
      // One more shows that there is a next page.
      if (query.maxBytes !== undefined && bytes >= query.maxBytes + largestRow) break;
    }
    return found;
  });
  return merge((await Promise.all(pages)).flat(), pages.length, limit);
}

/** The first `limit` keys of a range in order, from the index alone. */
async function keysOf(queries: PageQueries, query: NamesQuery, range: KeyRange, limit: number): Promise<string[]> {
  const found = await rowsOf(queries, query, range, { limit, projection: { _id: 0, key: 1 } });
  return found.map(({ key }) => key).filter((key) => typeof key === "string");
}

/** The first `limit` names of a range in order. */
export async function namesOf(
  queries: PageQueries,
  query: NamesQuery,
  range: KeyRange,
  limit: number,
): Promise<SecretName[]> {
  const found = await rowsOf(queries, query, range, { limit, projection: { _id: 0, key: 1, id: 1 } });
  return found.map(toSecret).map(({ key, id }) => ({ key, id }));
}

async function rowsOf(
  { secrets, maxTimeMs }: PageQueries,
  query: NamesQuery,
  range: KeyRange,
  { limit, projection }: { readonly limit: number; readonly projection: Document },
): Promise<Document[]> {
  const pages = rangeFilters(query, range).map(({ filter, hint }) =>
    secrets
      .find(filter, { hint, projection, sort: { key: 1 }, limit, batchSize: limit, maxTimeMS: maxTimeMs })
      .toArray(),
  );
  return merge((await Promise.all(pages)).flat(), pages.length, limit);
}

/**
 * Queries with the identities again, so that a secret is not shown when access to it was lost since its key was read.
 */
async function secretsOf(
  { secrets, maxTimeMs }: PageQueries,
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
  const found = await secrets.find(filter, { hint, maxTimeMS: maxTimeMs }).toArray();
  return found.map(toSecret).sort((a, b) => compareBytes(a.key, b.key));
}

interface RangeFilter {
  readonly filter: Document;
  readonly hint: string;
}

/** Selects a range for every hundred identities. */
export function rangeFilters(query: NamesQuery, range: KeyRange): RangeFilter[] {
  const { hint, field } = indexFor(query);
  const common = { tenant: { $eq: query.tenant }, removed: { $eq: query.removed === true } };
  const key = { $gte: range.from, $lt: range.to };
  if (query.visibleTo === "everyone") return [{ filter: { ...common, key }, hint }];
  const identities = [...new Set(query.visibleTo)];
  const filters: RangeFilter[] = [];
  for (let at = 0; at < identities.length; at += identitiesAtOnce) {
    const some = identities.slice(at, at + identitiesAtOnce);
    filters.push({ filter: { ...common, [field]: { $in: some }, key }, hint });
  }
  return filters;
}

function indexFor(query: Pick<SecretPageQuery, "visibleTo" | "right">): {
  hint: string;
  field: "visibleTo" | "readers";
} {
  if (query.visibleTo === "everyone") return { hint: secretIndexes.live.name, field: "visibleTo" };
  if (query.right === "read") return { hint: secretIndexes.readable.name, field: "readers" };
  return { hint: secretIndexes.visible.name, field: "visibleTo" };
}

/** Merges the results of several queries in key order, each document once. */
function merge(found: Document[], queries: number, limit: number): Document[] {
  if (queries === 1) return found;
  const byKey = new Map(found.map((document) => [String(document.key), document]));
  return [...byKey]
    .sort(([a], [b]) => compareBytes(a, b))
    .slice(0, limit)
    .map(([, document]) => document);
}
