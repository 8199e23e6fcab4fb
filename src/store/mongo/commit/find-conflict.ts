import type { Db, Document } from "mongodb";
import { limits } from "../../../limits.ts";
import type { SecretChange, SecretCommit, SecretCommitOutcome } from "../../secret-store.ts";
import { exactly } from "../rows/documents.ts";
import { count, text } from "../rows/field.ts";
import { idempotencyIndexes, secretIndexes } from "../rows/schema.ts";
import { hasPermits } from "./find-permit.ts";

/**
 * Why a commit could not be written: checks its changes in their order against the current rows. Undefined when nothing
 * conflicts with it any more.
 */
export async function findConflict(
  db: Db,
  commit: SecretCommit,
  maxTimeMs: number,
): Promise<SecretCommitOutcome | undefined> {
  // First: a repeated request finds its own change already made, which is not a conflict.
  if (await isRepeated(db, commit, maxTimeMs)) return { status: "repeated" };
  if (!(await hasPermits(db, commit, { maxTimeMS: maxTimeMs }))) return { status: "permit-gone" };
  const [{ byKey, keyOfId }, outdated] = await Promise.all([
    readNames(db, commit, maxTimeMs),
    findOutdated(db, commit, maxTimeMs),
  ]);
  for (const [index, change] of commit.changes.entries()) {
    const { secret, expectedVersion, replacesDamaged } = change;
    const current = byKey.get(secret.key);
    const isExpected = (current?.version ?? 0) === expectedVersion || (replacesDamaged === true && isOdd(current));
    if (!isExpected || outdated.has(change)) return { status: "stale", index };
    const owner = keyOfId.get(secret.id);
    if (owner !== undefined && owner !== secret.key) return { status: "id-taken", index };
    if (current !== undefined) keyOfId.delete(current.id);
    keyOfId.set(secret.id, secret.key);
    byKey.set(secret.key, { id: secret.id, version: secret.version });
  }
  for (const [at, { key, version, keepCurrent, versions, isDamaged }] of (commit.purges ?? []).entries()) {
    const current = byKey.get(key);
    const isThere = current?.version === version || (isDamaged === true && isOdd(current));
    if ((!keepCurrent || versions !== undefined) && !isThere)
      return { status: "stale", index: commit.changes.length + at };
  }
  return undefined;
}

/** Whether a document cannot have its version. */
function isOdd(current: { readonly version: number } | undefined): boolean {
  return current !== undefined && current.version < 0;
}

async function isRepeated(db: Db, { idempotency }: SecretCommit, maxTimeMs: number): Promise<boolean> {
  if (idempotency === undefined) return false;
  const { tenant, principal, rpc, key, createdAtMs } = idempotency;
  const filter = {
    ...{ tenant: { $eq: tenant }, principal: { $eq: principal }, rpc: { $eq: rpc }, key: { $eq: key } },
    createdAtMs: { $gt: createdAtMs - limits.idempotencyMs },
  };
  const options = { hint: idempotencyIndexes.byKey.name, projection: { _id: 1 }, maxTimeMS: maxTimeMs };
  return (await db.collection("idempotency").findOne(filter, options)) !== null;
}

/** The changes that were decided on a document that is not stored any more, as when it was purged and made again. */
async function findOutdated(db: Db, { changes }: SecretCommit, maxTimeMs: number): Promise<ReadonlySet<SecretChange>> {
  const options = { hint: secretIndexes.byKey.name, projection: { _id: 1 }, maxTimeMS: maxTimeMs };
  const outdated = new Set<SecretChange>();
  const find = async (change: SecretChange) => {
    const { basis } = change;
    if (basis === undefined) return;
    const filter = exactly(basis.secret, basis.operation);
    if ((await db.collection("secrets").findOne(filter, options)) === null) outdated.add(change);
  };
  await Promise.all(changes.map(find));
  return outdated;
}

interface Names {
  readonly byKey: Map<string, { readonly id: string; readonly version: number }>;
  readonly keyOfId: Map<string, string>;
}

async function readNames(db: Db, { tenant, changes, purges = [] }: SecretCommit, maxTimeMs: number): Promise<Names> {
  const read = (by: "key" | "id", hint: string): Promise<Document[]> => {
    const purged = by === "key" ? purges.map(({ key }) => key) : [];
    const names = [...changes.map(({ secret }) => secret[by]), ...purged];
    const projection = { key: 1, id: 1, version: 1 } as const;
    const options = { hint, projection, batchSize: limits.batchItems + 1, maxTimeMS: maxTimeMs };
    return db
      .collection("secrets")
      .find({ tenant: { $eq: tenant }, [by]: { $in: names } }, options)
      .toArray();
  };
  const [ofKeys, ofIds] = await Promise.all([
    read("key", secretIndexes.byKey.name),
    read("id", secretIndexes.byId.name),
  ]);
  const row = ({ key, id, version }: Document) => ({
    key: text(key) ?? "",
    id: text(id) ?? "",
    // An edited row is not at a version that a commit could expect.
    version: count(version) ?? -1,
  });
  return {
    byKey: new Map(ofKeys.map(row).map(({ key, id, version }) => [key, { id, version }])),
    keyOfId: new Map(ofIds.map(row).map(({ key, id }) => [id, key])),
  };
}
