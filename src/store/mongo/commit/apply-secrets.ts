import type { KeyObject } from "node:crypto";
import {
  type AnyBulkWriteOperation,
  Binary,
  type ClientSession,
  type Collection,
  type Db,
  type Document,
} from "mongodb";
import { limits } from "../../../limits.ts";
import { eventMac } from "../../event-mac.ts";
import type { IdempotencyRecord } from "../../secret-rows.ts";
import type { SecretChange, SecretCommit, SecretPurge } from "../../secret-store.ts";
import { type Held, heldAfter, heldWithout, type OverQuota, UsageTally } from "../../usage.ts";
import { fromFormer, fromIdempotency, fromSecret } from "../rows/documents.ts";
import { historyIndex, idempotencyIndexes, secretIndexes } from "../rows/schema.ts";
import { heldFields, toHeld } from "../rows/usage-row.ts";
import { requireWritten } from "./require-written.ts";
import type { Content } from "./transaction.ts";
import type { CountedCommit, UsageLedger } from "./usage-ledger.ts";

/** A transaction of commits, and what became of it. */
export interface SecretsContent extends Content {
  /** The commits because of which the last attempt was given up: they exceed a quota. */
  refused(): ReadonlyMap<SecretCommit, OverQuota>;
  /** What the last attempt counted. */
  counted(): readonly CountedCommit[];
}

export interface SecretsContentParts {
  /** The key under which events are authenticated. */
  readonly auditKey: KeyObject;
  readonly ledger: UsageLedger;
}

/**
 * The content of a transaction that carries out commits with different keys, with one statement for each kind of row.
 */
export function secretsContent(
  db: Db,
  commits: readonly SecretCommit[],
  { auditKey, ledger }: SecretsContentParts,
  maxTimeMs: number,
): SecretsContent {
  const secrets = db.collection("secrets");
  const history = db.collection("history");
  const idempotency = db.collection("idempotency");
  const changes = commits.flatMap((commit) => commit.changes);
  const records = commits.flatMap((commit) => commit.idempotency ?? []);
  const [firstChange] = changes;
  const [firstRecord] = records;
  let counted: readonly CountedCommit[] = [];
  let refused: ReadonlyMap<SecretCommit, OverQuota> = new Map();

  return {
    isShared: commits.length > 1,
    audit: commits.flatMap((commit) => commit.audit),
    async write(session, operation) {
      const options = { session, maxTimeMS: maxTimeMs };
      if (records.length > 0) {
        const writes = records.flatMap((record) => writesOfRecord(record, operation));
        requireWritten((await idempotency.bulkWrite(writes, options)).insertedCount, records.length);
      }
      counted = commits.map((commit) => ({ commit, tally: new UsageTally() }));
      for (const { commit, tally } of counted) {
        for (const purge of commit.purges ?? []) {
          if (!(await purgeSecret({ secrets, history, tally, options }, commit.tenant, purge))) return false;
        }
      }
      const held = await countChanges(secrets, counted, options);
      refused = await ledger.check(counted);
      if (refused.size > 0) return false;
      await ledger.write(counted, session);
      if (changes.length === 0) return true;
      if (!(await writeSecrets(secrets, changes, held, operation, options))) return false;
      await writeHistory(history, changes, auditKey, operation, options);
      return true;
    },
    refused: () => refused,
    counted: () => counted,
    async wasWritten(operation, options) {
      const written = firstChange !== undefined ? history : idempotency;
      const name = firstChange !== undefined ? versionOf(firstChange) : firstRecord && nameOf(firstRecord);
      const found = await written.findOne({ ...name, operation: { $eq: operation } }, options);
      return found !== null;
    },
  };
}

interface InSession {
  readonly session: ClientSession;
  readonly maxTimeMS: number;
}

/** Adds the changes to the tallies of their commits, and returns what each secret counts afterwards. */
async function countChanges(
  secrets: Collection<Document>,
  counted: readonly CountedCommit[],
  options: InSession,
): Promise<ReadonlyMap<SecretChange, Held>> {
  const formers = await findFormers(
    secrets,
    counted.flatMap(({ commit }) => commit.changes),
    options,
  );
  const held = new Map<SecretChange, Held>();
  for (const { commit, tally } of counted) {
    for (const change of commit.changes) {
      const { secret, expectedVersion } = change;
      const former = formers.get(nameOfSecret(secret.tenant, secret.key));
      const next = heldAfter(secret, expectedVersion, former);
      tally.replace(former, next);
      held.set(change, next);
    }
  }
  return held;
}

/** What the secrets count that the changes replace. New ones are not looked for. */
async function findFormers(
  secrets: Collection<Document>,
  changes: readonly SecretChange[],
  options: InSession,
): Promise<ReadonlyMap<string, Held>> {
  const updates = changes.filter(
    ({ expectedVersion, replacesDamaged }) => expectedVersion > 0 || replacesDamaged === true,
  );
  const found: Document[] = [];
  for (const [tenant, group] of Map.groupBy(updates, ({ secret }) => secret.tenant)) {
    const filter = { tenant: { $eq: tenant }, key: { $in: group.map(({ secret }) => secret.key) } };
    const query = { ...options, hint: secretIndexes.byKey.name, projection: heldFields, batchSize: group.length + 1 };
    found.push(...(await secrets.find(filter, query).toArray()));
  }
  return new Map(found.map((row) => [nameOfSecret(row.tenant, row.key), toHeld(row)]));
}

function nameOfSecret(tenant: unknown, key: unknown): string {
  return JSON.stringify([tenant, key]);
}

async function writeSecrets(
  secrets: Collection<Document>,
  changes: readonly SecretChange[],
  held: ReadonlyMap<SecretChange, Held>,
  operation: string,
  options: InSession,
): Promise<boolean> {
  const writes = changes.map((change): AnyBulkWriteOperation<Document> => {
    const { secret, expectedVersion, replacesDamaged } = change;
    const document = { ...fromSecret(secret, operation), sizes: held.get(change)?.sizes ?? [] };
    if (expectedVersion === 0 && replacesDamaged !== true) return { insertOne: { document } };
    const version = replacesDamaged === true ? damagedVersion(expectedVersion) : { version: { $eq: expectedVersion } };
    const filter = { tenant: { $eq: secret.tenant }, key: { $eq: secret.key }, ...version };
    return { replaceOne: { filter, replacement: document, hint: secretIndexes.byKey.name } };
  });
  const { insertedCount, matchedCount } = await secrets.bulkWrite(writes, options);
  return insertedCount + matchedCount === changes.length;
}

/**
 * A document that is rewritten under the same version, as when its encryption key changes, replaces the row of that
 * version.
 */
async function writeHistory(
  history: Collection<Document>,
  changes: readonly SecretChange[],
  auditKey: KeyObject,
  operation: string,
  options: InSession,
): Promise<void> {
  const isNew = ({ secret, expectedVersion }: SecretChange) => secret.version !== expectedVersion;
  const rows = changes.filter(isNew).map(({ secret, formerLists }) => ({
    ...fromSecret(secret, operation),
    former: fromFormer(formerLists),
    eventMac: new Binary(eventMac(auditKey, { secret, formerLists, seq: 0 })),
  }));
  if (rows.length > 0) requireWritten((await history.insertMany(rows, options)).insertedCount, rows.length);
  const rewritten = changes.filter((change) => !isNew(change));
  if (rewritten.length === 0) return;
  const written = await history.bulkWrite(
    rewritten.map((change) => {
      const replacement = fromSecret(change.secret, operation);
      return { replaceOne: { filter: versionOf(change), replacement, upsert: true } };
    }),
    options,
  );
  requireWritten(written.matchedCount + written.upsertedCount, rewritten.length);
}

interface PurgeOptions {
  readonly secrets: Collection<Document>;
  readonly history: Collection<Document>;
  readonly tally: UsageTally;
  readonly options: InSession;
}

async function purgeSecret(
  { secrets, history, tally, options }: PurgeOptions,
  tenant: string,
  { key, version, keepCurrent, isDamaged }: SecretPurge,
): Promise<boolean> {
  const named = { tenant: { $eq: tenant }, key: { $eq: key } };
  const ofHistory = { ...options, hint: historyIndex.name };
  const ofSecret = { ...options, hint: secretIndexes.byKey.name };
  if (keepCurrent) {
    await history.deleteMany({ ...named, version: { $lt: version } }, ofHistory);
    const current = await secrets.findOne(named, { ...ofSecret, projection: { ...heldFields, version: 1 } });
    if (current === null) return true;
    const former = toHeld(current);
    const next = heldWithout(former, Number(current.version), version);
    tally.replace(former, next);
    await secrets.updateOne(named, { $set: { sizes: next.sizes } }, ofSecret);
    return true;
  }
  const expected = isDamaged === true ? damagedVersion(version) : { version: { $eq: version } };
  const ofPurge = { ...options, hint: secretIndexes.byKey.key, projection: heldFields };
  const purged = await secrets.findOneAndDelete({ ...named, ...expected }, ofPurge);
  if (purged === null) return false;
  tally.replace(toHeld(purged), undefined);
  await history.deleteMany(named, ofHistory);
  return true;
}

/** Of a damaged document the version may be no number at all, which is read as another one. */
function damagedVersion(version: number): Document {
  const isNumber = { version: { $type: ["int", "long", "double"] } };
  const isOdd = [
    { version: { $lt: 0 } },
    { version: { $gt: Number.MAX_SAFE_INTEGER } },
    { version: { $eq: Number.NaN } },
  ];
  return { $or: [{ version: { $eq: version } }, { $nor: [isNumber] }, ...isOdd] };
}

/** Replaces an expired record, so that its key can be used again. */
function writesOfRecord(record: IdempotencyRecord, operation: string): AnyBulkWriteOperation<Document>[] {
  const createdAtMs = { $lte: record.createdAtMs - limits.idempotencyMs };
  const hint = idempotencyIndexes.byKey.name;
  return [
    { deleteOne: { filter: { ...nameOf(record), createdAtMs }, hint } },
    { insertOne: { document: fromIdempotency(record, operation) } },
  ];
}

function versionOf({ secret }: SecretChange): Document {
  return { tenant: { $eq: secret.tenant }, key: { $eq: secret.key }, version: { $eq: secret.version } };
}

function nameOf({ tenant, principal, rpc, key }: IdempotencyRecord): Document {
  return { tenant: { $eq: tenant }, principal: { $eq: principal }, rpc: { $eq: rpc }, key: { $eq: key } };
}
