import type { Db } from "mongodb";
import { limits } from "../../../limits.ts";
import type { StoredSecret } from "../../secret-rows.ts";
import type { VisibleTo } from "../../secret-store.ts";
import { toSecret } from "../rows/documents.ts";
import { createRawSecrets } from "../rows/raw-secret.ts";
import { findRaw } from "./raw-find.ts";
import { type NamedFilter, visibleFilter } from "./visible-filter.ts";

/** Finds one secret by key. */
export type PointRead = (tenant: string, key: string, visibleTo: VisibleTo) => Promise<StoredSecret | undefined>;

type Waiting = PromiseWithResolvers<StoredSecret | undefined>;

/** The keys that callers with the same identities wait for. */
interface Group {
  readonly visibleTo: VisibleTo;
  readonly waiting: Map<string, Waiting>;
}

interface Batch {
  readonly tenant: string;
  /** By the identities of their callers. */
  readonly groups: Map<string, Group>;
}

/** Groups in one query. Planning the query has a cost for each of them. */
const groupsAtOnce = 64;

/**
 * Reads of one tenant that start in one turn of the event loop share a query, which gives several times the throughput
 * of one query each. A batch is closed when it is sent, so that a read that starts later sees later changes. Within the
 * query each caller's keys are looked up under its own identities, so that the cost of a read reveals nothing about
 * what others may see.
 *
 * With 64 callers 9 times as many reads (`npm run bench:parts -- --only point-reads`).
 */
export function createPointReads(db: Db, maxTimeMs: number): PointRead {
  let batches = new Map<string, Batch>();

  async function send(tenant: string, groups: readonly Group[]): Promise<void> {
    try {
      const query = { collection: "secrets", ...filterOf(tenant, groups), maxTimeMs };
      const { reply, starts, hasMore } = await findRaw(db, query);
      // More than a reply has room for: the driver asks for the rest as well.
      const found = hasMore ? await readAll(db, query) : readReply(reply, starts, groups.length > 1);
      for (const each of found) handOut(each, groups);
      for (const { waiting } of groups) for (const { resolve } of waiting.values()) resolve(undefined);
    } catch (error) {
      for (const { waiting } of groups) for (const { reject } of waiting.values()) reject(error);
    }
  }

  function sendAll(): void {
    const closed = batches;
    batches = new Map();
    for (const { tenant, groups } of closed.values()) {
      const everyone = [...groups.values()].filter(({ visibleTo }) => visibleTo === "everyone");
      if (everyone.length > 0) send(tenant, everyone);
      const listed = [...groups.values()].filter(({ visibleTo }) => visibleTo !== "everyone");
      for (let at = 0; at < listed.length; at += groupsAtOnce) send(tenant, listed.slice(at, at + groupsAtOnce));
    }
  }

  return (tenant, key, visibleTo) => {
    if (batches.size === 0) setImmediate(sendAll);
    const batch = getOrAdd(batches, tenant, () => ({ tenant, groups: new Map() }));
    const name = visibleTo === "everyone" ? visibleTo : JSON.stringify(visibleTo);
    const group = getOrAdd(batch.groups, name, () => ({ visibleTo, waiting: new Map() }));
    return getOrAdd(group.waiting, key, () => Promise.withResolvers<StoredSecret | undefined>()).promise;
  };
}

/** The groups must be of one kind: all with identities, or all for `everyone`. */
function filterOf(tenant: string, groups: readonly Group[]): NamedFilter {
  const filters = groups.map(({ visibleTo, waiting }) =>
    visibleFilter({ tenant, visibleTo, names: [...waiting.keys()], by: "key" }),
  );
  const [first] = filters;
  if (first === undefined) throw new RangeError("a query needs a group");
  return filters.length === 1 ? first : { hint: first.hint, filter: { $or: filters.map(({ filter }) => filter) } };
}

interface Found {
  readonly secret: StoredSecret;
  /** The identities that see it. Undefined: the query was for one group only, so its callers do. */
  readonly identities: readonly unknown[] | undefined;
}

function readReply(reply: Buffer, starts: readonly number[], isShared: boolean): readonly Found[] {
  const { secretAt, identitiesAt } = createRawSecrets(reply);
  return starts.map((start) => ({
    secret: secretAt(start),
    identities: isShared ? identitiesAt(start) : undefined,
  }));
}

async function readAll(db: Db, { filter, hint, maxTimeMs }: NamedFilter & { maxTimeMs: number }) {
  const options = { hint, batchSize: limits.batchItems + 1, maxTimeMS: maxTimeMs };
  const documents = await db.collection("secrets").find(filter, options).toArray();
  return documents.map((document) => ({ secret: toSecret(document), identities: [document.visibleTo].flat() }));
}

/** Gives a secret to the callers that wait for its key and may see it: the query was also for other callers. */
function handOut({ secret, identities }: Found, groups: readonly Group[]): void {
  for (const { visibleTo, waiting } of groups) {
    const isSeen =
      identities === undefined ||
      visibleTo === "everyone" ||
      visibleTo.some((identity) => identities.includes(identity));
    if (isSeen) waiting.get(secret.key)?.resolve(secret);
  }
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
