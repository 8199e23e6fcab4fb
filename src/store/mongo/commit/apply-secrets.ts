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
import { fromFormer, fromIdempotency, fromSecret } from "../rows/documents.ts";
import { historyIndex, idempotencyIndexes, secretIndexes } from "../rows/schema.ts";
import { requireWritten } from "./require-written.ts";
import type { Content } from "./transaction.ts";

/**
 * The content of a transaction that carries out commits with different keys, with one statement for each kind of row.
 */
export function secretsContent(
  db: Db,
  commits: readonly SecretCommit[],
  auditKey: KeyObject,
  maxTimeMs: number,
): Content {
  const secrets = db.collection("secrets");
  const history = db.collection("history");
  const idempotency = db.collection("idempotency");
  const changes = commits.flatMap((commit) => commit.changes);
  const purges = commits.flatMap(({ tenant, purges = [] }) => purges.map((purge) => ({ tenant, purge })));
  const records = commits.flatMap((commit) => commit.idempotency ?? []);
  const [firstChange] = changes;
  const [firstRecord] = records;

  return {
    isShared: commits.length > 1,
    audit: commits.flatMap((commit) => commit.audit),
    async write(session, operation) {
      const options = { session, maxTimeMS: maxTimeMs };
      if (records.length > 0) {
        const writes = records.flatMap((record) => writesOfRecord(record, operation));
        requireWritten((await idempotency.bulkWrite(writes, options)).insertedCount, records.length);
      }
      for (const { tenant, purge } of purges) {
        if (!(await purgeSecret(secrets, history, tenant, purge, options))) return false;
      }
      if (changes.length === 0) return true;
      if (!(await writeSecrets(secrets, changes, operation, session, maxTimeMs))) return false;
      await writeHistory(history, changes, auditKey, operation, { session, maxTimeMS: maxTimeMs });
      return true;
    },
    async wasWritten(operation, options) {
      const written = firstChange !== undefined ? history : idempotency;
      const name = firstChange !== undefined ? versionOf(firstChange) : firstRecord && nameOf(firstRecord);
      const found = await written.findOne({ ...name, operation: { $eq: operation } }, options);
      return found !== null;
    },
  };
}

async function writeSecrets(
  secrets: Collection<Document>,
  changes: readonly SecretChange[],
  operation: string,
  session: ClientSession,
  maxTimeMs: number,
): Promise<boolean> {
  const writes = changes.map(({ secret, expectedVersion, replacesDamaged }): AnyBulkWriteOperation<Document> => {
    const document = fromSecret(secret, operation);
    if (expectedVersion === 0 && replacesDamaged !== true) return { insertOne: { document } };
    const version = replacesDamaged === true ? damagedVersion(expectedVersion) : { version: { $eq: expectedVersion } };
    const filter = { tenant: { $eq: secret.tenant }, key: { $eq: secret.key }, ...version };
    return { replaceOne: { filter, replacement: document, hint: secretIndexes.byKey.name } };
  });
  const { insertedCount, matchedCount } = await secrets.bulkWrite(writes, { session, maxTimeMS: maxTimeMs });
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
  options: { readonly session: ClientSession; readonly maxTimeMS: number },
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

async function purgeSecret(
  secrets: Collection<Document>,
  history: Collection<Document>,
  tenant: string,
  { key, version, keepCurrent, isDamaged }: SecretPurge,
  options: { readonly session: ClientSession; readonly maxTimeMS: number },
): Promise<boolean> {
  const named = { tenant: { $eq: tenant }, key: { $eq: key } };
  const ofHistory = { ...options, hint: historyIndex.name };
  if (keepCurrent) {
    await history.deleteMany({ ...named, version: { $lt: version } }, ofHistory);
    return true;
  }
  const ofSecret = { ...options, hint: secretIndexes.byKey.name };
  const expected = isDamaged === true ? damagedVersion(version) : { version: { $eq: version } };
  const { deletedCount } = await secrets.deleteOne({ ...named, ...expected }, ofSecret);
  if (deletedCount !== 1) return false;
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
