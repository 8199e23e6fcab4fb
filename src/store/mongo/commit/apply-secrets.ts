import type { KeyObject } from "node:crypto";
import { type AnyBulkWriteOperation, Binary, type Collection, type Db, type Document } from "mongodb";
import { limits } from "../../../limits.ts";
import { eventMac } from "../../event-mac.ts";
import type { IdempotencyRecord, StoredSecret } from "../../secret-rows.ts";
import type { SecretChange, SecretCommit, SecretCommitOutcome } from "../../secret-store.ts";
import { type Held, heldAfter, UsageTally } from "../../usage.ts";
import { exactly, fromFormer, fromIdempotency, fromSecret } from "../rows/documents.ts";
import { idempotencyIndexes, secretIndexes } from "../rows/schema.ts";
import { heldFields, toHeld } from "../rows/usage-row.ts";
import { hasPermits } from "./find-permit.ts";
import type { KnownHeld } from "./known-held.ts";
import { damagedVersion, type InSession, purgeSecret } from "./purge-secret.ts";
import type { RecentSecrets } from "./recent-secrets.ts";
import { requireWritten } from "./require-written.ts";
import type { Content } from "./transaction.ts";
import type { UsageLedger } from "./usage-ledger.ts";
import { type CountedCommit, sumOfCommits, toNote } from "./usage-note.ts";
import type { UsageNotes } from "./usage-notes.ts";

/** A transaction of commits, and what became of it. */
export interface SecretsContent extends Content {
  /**
   * The commits because of which the last attempt was given up: they exceed a quota, or what they were decided on is
   * not the newest.
   */
  refused(): ReadonlyMap<SecretCommit, SecretCommitOutcome>;
}

/** What counts. */
export interface Counting {
  readonly ledger: UsageLedger;
  readonly notes: UsageNotes;
  readonly known: KnownHeld;
  readonly recent: RecentSecrets;
}

export interface SecretsContentParts extends Counting {
  /** The key under which events are authenticated. */
  readonly auditKey: KeyObject;
}

/**
 * The content of a transaction that carries out commits with different keys, with one statement for each kind of row.
 */
export function secretsContent(
  db: Db,
  commits: readonly SecretCommit[],
  { auditKey, ledger, notes, known, recent }: SecretsContentParts,
  maxTimeMs: number,
): SecretsContent {
  const secrets = db.collection("secrets");
  const history = db.collection("history");
  const idempotency = db.collection("idempotency");
  const changes = commits.flatMap((commit) => commit.changes);
  const records = commits.flatMap((commit) => commit.idempotency ?? []);
  const [firstChange] = changes;
  const [firstRecord] = records;
  const audit = commits.flatMap((commit) => commit.audit);
  let counted: readonly CountedCommit[] = [];
  let held: ReadonlyMap<SecretChange, Held> = new Map();
  let refused: ReadonlyMap<SecretCommit, SecretCommitOutcome> = new Map();
  let name = "";

  return {
    isShared: commits.length > 1,
    audit,
    async write(session, operation) {
      const options = { session, maxTimeMS: maxTimeMs };
      name = operation;
      if (records.length > 0) {
        const writes = records.flatMap((record) => writesOfRecord(record, operation));
        requireWritten((await idempotency.bulkWrite(writes, options)).insertedCount, records.length);
      }
      for (const commit of commits) if (!(await hasPermits(db, commit, options))) return false;
      counted = commits.map((commit) => ({ commit, tally: new UsageTally() }));
      for (const { commit, tally } of counted) {
        for (const purge of commit.purges ?? []) {
          // The change of the same key is written afterwards.
          const change = commit.changes.find(({ secret }) => secret.key === purge.key);
          if (change !== undefined) known.forget(change.secret);
          const expected = change?.expectedVersion ?? purge.version;
          if (!(await purgeSecret({ secrets, history, tally, options }, commit.tenant, purge, expected))) return false;
        }
      }
      const formers = await findFormers(secrets, changes, known, options);
      held = countChanges(counted, formers);
      refused = overQuota(await ledger.check(counted));
      if (refused.size > 0) return false;
      if (audit.length === 0) await notes.addNow(sumOfCommits(counted), session);
      if (changes.length === 0) return true;
      if (!(await writeSecrets({ secrets, formers, held, operation, options }, changes))) {
        // What was known of them may be outdated: the next attempt reads it.
        for (const change of changes) known.forget(change.secret);
        return false;
      }
      await writeHistory(history, changes, auditKey, operation, options);
      refused = await findOutdated(commits);
      return refused.size === 0;
    },
    note: () => toNote(sumOfCommits(counted)),
    committed(isCertain) {
      ledger.written(counted);
      if (audit.length > 0) notes.noted();
      for (const [{ secret }, now] of held) {
        if (isCertain) known.add(secret, now);
        else known.forget(secret);
        if (isCertain) recent.add(secret, name);
        else recent.forget(secret);
      }
      for (const { tenant, purges = [] } of commits) {
        for (const { key, keepCurrent } of purges) {
          known.forget({ tenant, key });
          if (!keepCurrent) recent.forget({ tenant, key });
        }
      }
    },
    refused: () => refused,
    async wasWritten(operation, options) {
      const written = firstChange !== undefined ? history : idempotency;
      const name = firstChange !== undefined ? versionOf(firstChange) : firstRecord && nameOf(firstRecord);
      const found = await written.findOne({ ...name, operation: { $eq: operation } }, options);
      return found !== null;
    },
  };
}

function overQuota(found: Awaited<ReturnType<UsageLedger["check"]>>): ReadonlyMap<SecretCommit, SecretCommitOutcome> {
  return new Map([...found].map(([commit, over]) => [commit, { status: "over-quota", ...over }]));
}

/** The commits that were decided on something older than what the log of changes has. */
async function findOutdated(commits: readonly SecretCommit[]): Promise<ReadonlyMap<SecretCommit, SecretCommitOutcome>> {
  const found = new Map<SecretCommit, SecretCommitOutcome>();
  for (const commit of commits) {
    for (const [index, { basis }] of commit.changes.entries()) {
      if (basis === undefined || (await basis.isNewest)) continue;
      found.set(commit, { status: "stale", index });
      break;
    }
  }
  return found;
}

/** What a secret counted before a change, and whether that is only known from earlier. */
interface Former {
  readonly held: Held;
  readonly isKnown: boolean;
}

/** Adds the changes to the tallies of their commits, and returns what each secret counts afterwards. */
function countChanges(
  counted: readonly CountedCommit[],
  formers: ReadonlyMap<string, Former>,
): ReadonlyMap<SecretChange, Held> {
  const held = new Map<SecretChange, Held>();
  for (const { commit, tally } of counted) {
    for (const change of commit.changes) {
      const { secret, expectedVersion } = change;
      const former = formers.get(nameOfSecret(secret.tenant, secret.key))?.held;
      const next = heldAfter(secret, expectedVersion, former);
      tally.replace(former, next);
      held.set(change, next);
    }
  }
  return held;
}

/**
 * What the secrets count that the changes replace: as it is known, or else as it is stored. New ones are not looked
 * for.
 */
async function findFormers(
  secrets: Collection<Document>,
  changes: readonly SecretChange[],
  known: KnownHeld,
  options: InSession,
): Promise<ReadonlyMap<string, Former>> {
  const formers = new Map<string, Former>();
  const unknown: StoredSecret[] = [];
  for (const change of changes) {
    if (change.expectedVersion === 0 && change.replacesDamaged !== true) continue;
    // Nothing that is known of a damaged document needs to hold for what is stored.
    const held = change.replacesDamaged === true ? undefined : known.find(change);
    const { tenant, key } = change.secret;
    if (held === undefined) unknown.push(change.secret);
    else formers.set(nameOfSecret(tenant, key), { held, isKnown: true });
  }
  for (const [tenant, group] of Map.groupBy(unknown, (secret) => secret.tenant)) {
    const filter = { tenant: { $eq: tenant }, key: { $in: group.map(({ key }) => key) } };
    const query = { ...options, hint: secretIndexes.byKey.name, projection: heldFields, batchSize: group.length + 1 };
    for (const row of await secrets.find(filter, query).toArray()) {
      formers.set(nameOfSecret(row.tenant, row.key), { held: toHeld(row), isKnown: false });
    }
  }
  return formers;
}

function nameOfSecret(tenant: unknown, key: unknown): string {
  return JSON.stringify([tenant, key]);
}

interface SecretWrite {
  readonly secrets: Collection<Document>;
  readonly formers: ReadonlyMap<string, Former>;
  readonly held: ReadonlyMap<SecretChange, Held>;
  readonly operation: string;
  readonly options: InSession;
}

async function writeSecrets(
  { secrets, formers, held, operation, options }: SecretWrite,
  changes: readonly SecretChange[],
): Promise<boolean> {
  const writes = changes.map((change): AnyBulkWriteOperation<Document> => {
    const { secret, expectedVersion, replacesDamaged, basis } = change;
    const document = { ...fromSecret(secret, operation), sizes: held.get(change)?.sizes ?? [] };
    if (expectedVersion === 0 && replacesDamaged !== true) return { insertOne: { document } };
    const former = formers.get(nameOfSecret(secret.tenant, secret.key));
    // A purge of old versions changes what is known, and not the version.
    const asKnown = former?.isKnown === true ? { sizes: { $eq: former.held.sizes } } : {};
    const version = replacesDamaged === true ? damagedVersion(expectedVersion) : { version: { $eq: expectedVersion } };
    const asDecidedOn = basis === undefined ? {} : exactly(basis.secret, basis.operation);
    const named = { tenant: { $eq: secret.tenant }, key: { $eq: secret.key } };
    const filter = { ...asDecidedOn, ...named, ...version, ...asKnown };
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
