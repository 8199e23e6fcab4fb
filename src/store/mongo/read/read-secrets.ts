import { setTimeout as delay } from "node:timers/promises";
import type { Collection, Db, Document } from "mongodb";
import { limits } from "../../../limits.ts";
import { globMatches } from "../../../text/glob.ts";
import { requireCount, requireName, requireNames } from "../../guard.ts";
import { memoryOf, type StoredSecret } from "../../secret-rows.ts";
import type { SecretLookup, SecretNamePage, SecretPage, SecretPageQuery, VisibleTo } from "../../secret-store.ts";
import { isWithoutSnapshot } from "../connect/failure.ts";
import { toSecret } from "../rows/documents.ts";
import { historyIndex, secretIndexes } from "../rows/schema.ts";
import { createPointReads } from "./point-reads.ts";
import { createFolderReader, type FolderReader } from "./read-folder.ts";
import { createPageReader } from "./secret-pages.ts";
import { visibleFilter } from "./visible-filter.ts";

export interface SecretReader extends FolderReader {
  findSecrets(lookup: SecretLookup): Promise<readonly StoredSecret[]>;
  listSecrets(query: SecretPageQuery): Promise<SecretPage>;
  listNames(query: SecretPageQuery): Promise<SecretNamePage>;
  listHistory(tenant: string, key: string): Promise<readonly StoredSecret[]>;
  listVersionNumbers(tenant: string, keys: readonly string[]): Promise<readonly (readonly number[])[]>;
  listRemoved(untilMs: number, limit: number, skip: number): Promise<readonly StoredSecret[]>;
}

export function createSecretReader(db: Db, maxTimeMs: number): SecretReader {
  const secrets = db.collection("secrets");
  const history = db.collection("history");
  const readOne = createPointReads(db, maxTimeMs);

  return {
    async findSecrets(lookup) {
      const { tenant } = lookup;
      const { names, by } = lookedUp(lookup);
      const { maxBytes } = lookup;
      const visibleTo = distinct(lookup.visibleTo);
      const [first] = names;
      if (first === undefined || visibleTo.length === 0) return [];
      if (by === "key" && names.length === 1) {
        const secret = await readOne(tenant, first, visibleTo);
        return secret === undefined ? [] : [secret];
      }
      if (lookup.globs !== undefined) {
        const keys = await keysWithin(secrets, { tenant, ids: names, globs: lookup.globs, maxTimeMs });
        if (keys.length === 0) return [];
        return findMany(secrets, { tenant, visibleTo, names: keys, by: "key", maxTimeMs, maxBytes });
      }
      return findMany(secrets, { tenant, visibleTo, names, by, maxTimeMs, maxBytes });
    },
    ...createPageReader({ db, maxTimeMs }),
    ...createFolderReader({ db, maxTimeMs }),
    async listHistory(tenant, key) {
      requireName(tenant, "tenant");
      requireName(key, "key");
      const filter = { tenant: { $eq: tenant }, key: { $eq: key } };
      const limit = limits.historyVersions;
      const options = { hint: historyIndex.name, sort: { version: -1 }, limit, maxTimeMS: maxTimeMs } as const;
      return (await history.find(filter, options).toArray()).map(toSecret);
    },
    async listVersionNumbers(tenant, keys) {
      requireName(tenant, "tenant");
      for (const key of keys) requireName(key, "key");
      const filter = { tenant: { $eq: tenant }, key: { $in: [...keys] } };
      const projection = { _id: 0, key: 1, version: 1 };
      const rows = await history.find(filter, { hint: historyIndex.name, projection, maxTimeMS: maxTimeMs }).toArray();
      const numbers = Map.groupBy(rows, ({ key }) => key);
      return keys.map((key) => (numbers.get(key) ?? []).map(({ version }) => Number(version)));
    },
    async listRemoved(untilMs, limit, skip) {
      requireCount(untilMs, "untilMs");
      requireCount(limit, "limit");
      requireCount(skip, "skip");
      if (limit === 0) return [];
      const filter = { removed: { $eq: true }, updatedAtMs: { $lte: untilMs } };
      const options = {
        hint: secretIndexes.byRemoval.name,
        sort: { updatedAtMs: 1 },
        skip,
        limit,
        maxTimeMS: maxTimeMs,
      } as const;
      return (await secrets.find(filter, options).toArray()).map(toSecret);
    },
  };
}

interface ManyNames {
  readonly tenant: string;
  readonly visibleTo: VisibleTo;
  readonly names: readonly string[];
  readonly by: "key" | "id";
  readonly maxTimeMs: number;
  readonly maxBytes?: number | undefined;
}

/** Reads all from one snapshot: a plain query may let a commit in between, and show half of it. */
async function findMany(secrets: Collection<Document>, options: ManyNames): Promise<readonly StoredSecret[]> {
  const { filter, hint } = visibleFilter(options);
  const readConcern = { level: "snapshot" } as const;
  const query = { hint, batchSize: limits.batchItems + 1, maxTimeMS: options.maxTimeMs, readConcern };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readUpTo(secrets.find(filter, query), options.maxBytes);
    } catch (error) {
      if (!isWithoutSnapshot(error) || attempt === snapshotAttempts) throw error;
      await delay(snapshotPauseMs);
    }
  }
}

/** Closes the cursor when what it has read is large enough. */
async function readUpTo(
  cursor: AsyncIterable<Document>,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<readonly StoredSecret[]> {
  const found: StoredSecret[] = [];
  let bytes = 0;
  for await (const document of cursor) {
    const secret = toSecret(document);
    found.push(secret);
    bytes += memoryOf(secret);
    if (bytes >= maxBytes) break;
  }
  return found;
}

/** Right after an index was made, there is no snapshot yet that has it. */
const snapshotAttempts = 10;
const snapshotPauseMs = 50;

/**
 * This need not be of the same snapshot as the lookup by key that follows: an id keeps its key until it is purged, and
 * callers check the ids of what they get.
 */
async function keysWithin(
  secrets: Collection<Document>,
  options: { tenant: string; ids: readonly string[]; globs: readonly string[]; maxTimeMs: number },
): Promise<readonly string[]> {
  const { tenant, ids: names, globs, maxTimeMs } = options;
  const { filter, hint } = visibleFilter({ tenant, visibleTo: "everyone", names, by: "id" });
  const projection = { _id: 0, key: 1 } as const;
  const found = await secrets
    .find(filter, { hint, projection, batchSize: limits.batchItems + 1, maxTimeMS: maxTimeMs })
    .toArray();
  return found.map(({ key }) => String(key)).filter((key) => globs.some((glob) => globMatches(glob, key)));
}

function lookedUp(lookup: SecretLookup): { names: readonly string[]; by: "key" | "id" } {
  requireName(lookup.tenant, "tenant");
  const by = lookup.ids === undefined ? "key" : "id";
  const names = lookup.ids ?? lookup.keys ?? [];
  requireNames(lookup.ids ?? lookup.keys, `${by}s`);
  if (lookup.globs !== undefined) requireNames(lookup.ids && lookup.globs, "globs");
  if (lookup.visibleTo !== "everyone") requireNames(lookup.visibleTo, "visibleTo");
  return { names: [...new Set(names)], by };
}

function distinct(visibleTo: VisibleTo): VisibleTo {
  return visibleTo === "everyone" ? visibleTo : [...new Set(visibleTo)];
}
