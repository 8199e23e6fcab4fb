import type { DatabaseSync } from "node:sqlite";
import { limits } from "../../limits.ts";
import type { IdempotencyRecord, StoredSecret } from "../secret-rows.ts";
import type { NeededPermit, SecretChange, SecretCommit, SecretCommitOutcome, SecretPurge } from "../secret-store.ts";
import { type Held, heldAfter, heldWithout, heldWithoutVersions, UsageTally } from "../usage.ts";
import { createUsageCount, decodeSizes, encodeSizes } from "./apply-usage.ts";
import { count, text } from "./column.ts";
import { decodeDocument } from "./document.ts";
import { createEventInsert, type EventKey } from "./events.ts";
import type { Applied } from "./group-commit.ts";
import {
  documentAt,
  prepareRows,
  type SecretValues,
  secretAssignments,
  secretColumns,
  secretPlaceholders,
  secretValues,
  unindexedAssignments,
  unindexedValues,
  visibleIdentities,
} from "./row.ts";
import { requireChanges } from "./schema-guard.ts";

/** The current state of a secret, as far as a change needs it. */
interface Current extends Held {
  readonly row: number;
  readonly id: string;
  readonly kid: string;
  readonly version: number;
  readonly document: string;
}

/**
 * Prepares the commit of secrets. It neither commits nor rolls back: when `keep` is false, the caller has to roll back.
 */
export function createSecretCommit(db: DatabaseSync, auditKey: EventKey): (commit: SecretCommit) => Applied {
  const addIdempotency = createIdempotencyInsert(db);
  const applyChange = createChange(db, auditKey);
  const applyPurge = createPurge(db);
  const countUsage = createUsageCount(db);
  const hasPermit = createPermitCheck(db);

  return (commit) => {
    // First: a repeated request finds its own change already made, which is not a conflict.
    if (commit.idempotency !== undefined && !addIdempotency(commit.idempotency)) return undone({ status: "repeated" });
    for (const permit of commit.permits ?? []) {
      if (!hasPermit(commit.tenant, permit)) return undone({ status: "permit-gone" });
    }
    const tally = new UsageTally();
    for (const [index, change] of commit.changes.entries()) {
      const status = applyChange(change, tally);
      if (status !== "written") return undone({ status, index });
    }
    for (const [at, purge] of (commit.purges ?? []).entries()) {
      if (!applyPurge(commit.tenant, purge, tally))
        return undone({ status: "stale", index: commit.changes.length + at });
    }
    const over = countUsage(commit.tenant, tally, commit.usageLimits);
    if (over !== undefined) return undone({ status: "over-quota", ...over });
    return { outcome: { status: "committed" }, keep: true, audit: commit.audit };
  };
}

function undone(outcome: SecretCommitOutcome): Applied {
  return { outcome, keep: false, audit: [] };
}

function createPermitCheck(db: DatabaseSync): (tenant: string, permit: NeededPermit) => boolean {
  const find = db.prepare(
    "SELECT 1 FROM permits, json_each(permits.patterns) WHERE tenant = ? AND name = ? AND json_each.value = ?",
  );
  return (tenant, { name, pattern }) => find.get(tenant, name, pattern) !== undefined;
}

type ApplyChange = (change: SecretChange, tally: UsageTally) => "written" | "stale" | "id-taken";

function createChange(db: DatabaseSync, auditKey: EventKey): ApplyChange {
  const currentOf = createCurrent(db);
  const writeSecret = createSecretWriter(db);
  const takeId = createIdTaker(db);
  const writeVisible = createVisibleWriter(db);
  const writeHistory = createHistoryWriter(db);
  const addEvent = createEventInsert(db, auditKey);
  const dropDamaged = createDamagedRemoval(db);

  return (change, tally) => {
    const { secret, expectedVersion, replacesDamaged } = change;
    const found = currentOf(secret.tenant, secret.key);
    if ((found?.version ?? 0) !== expectedVersion) return "stale";
    if (replacesDamaged === true) dropDamaged(secret.tenant, secret.key);
    const current = replacesDamaged === true ? undefined : found;
    if (secret.id !== current?.id && !takeId(secret, current?.id)) return "id-taken";
    const values = secretValues(secret);
    const held = heldAfter(secret, expectedVersion, found);
    tally.replace(found, held);
    const write = { secret, values, held, current };
    writeSecret(write);
    writeVisible(write);
    writeHistory(secret, values);
    if (secret.version !== expectedVersion) addEvent(change, values);
    return "written";
  };
}

interface SecretWrite {
  readonly secret: StoredSecret;
  readonly values: SecretValues;
  readonly held: Held;
  /** Undefined when there is no row, or none that is trusted. */
  readonly current: Current | undefined;
}

/**
 * Writes the row of a secret. Most saves change nothing that an index has, and an update that does not name its columns
 * leaves the indexes as they are.
 */
function createSecretWriter(db: DatabaseSync): (write: SecretWrite) => void {
  const write = db.prepare(`INSERT INTO secret (${secretColumns()}, sizes) VALUES (${secretPlaceholders}, ?)
    ON CONFLICT (tenant, key) DO UPDATE SET ${secretAssignments}, sizes = excluded.sizes`);
  const update = db.prepare(`UPDATE secret SET ${unindexedAssignments}, sizes = ? WHERE row = ?`);
  return ({ secret, values, held, current }) => {
    const sizes = encodeSizes(held);
    // The index of removed secrets has the time of the last change.
    const isIndexed =
      secret.removed || current?.removed !== false || current.id !== secret.id || current.kid !== secret.kid;
    if (isIndexed) requireChanges(write.run(...values, sizes));
    else requireChanges(update.run(...unindexedValues(values), sizes, current.row));
  };
}

function createCurrent(db: DatabaseSync): (tenant: string, key: string) => Current | undefined {
  const find = prepareRows(
    db,
    "SELECT row, id, version, owner, removed, document, kid, sizes FROM secret WHERE tenant = ? AND key = ?",
  );
  return (tenant, key) => {
    const row = find.get(tenant, key);
    if (row === undefined) return undefined;
    return {
      row: count(row.row),
      id: text(row.id),
      kid: text(row.kid),
      version: count(row.version),
      owner: text(row.owner),
      removed: row.removed !== 0,
      sizes: decodeSizes(text(row.sizes)),
      document: text(row.document),
    };
  };
}

/** Returns false when the secret is not at the version that the purge expects. */
function createPurge(db: DatabaseSync): (tenant: string, purge: SecretPurge, tally: UsageTally) => boolean {
  const currentOf = createCurrent(db);
  const dropVersions = db.prepare("DELETE FROM history WHERE tenant = ? AND key = ? AND version < ?");
  const dropVisible = db.prepare("DELETE FROM visible WHERE tenant = ? AND identity = ? AND removed = ? AND key = ?");
  const dropId = db.prepare("DELETE FROM secret_id WHERE tenant = ? AND id = ?");
  const dropSecret = db.prepare("DELETE FROM secret WHERE tenant = ? AND key = ?");
  const dropHistory = db.prepare("DELETE FROM history WHERE tenant = ? AND key = ?");
  // The event of the removal stays, so that watchers that were disconnected still receive it.
  const dropEvents = db.prepare("DELETE FROM events WHERE tenant = ? AND key = ? AND version < ?");
  const setSizes = db.prepare("UPDATE secret SET sizes = ? WHERE tenant = ? AND key = ?");
  const dropDamaged = createDamagedRemoval(db);
  const dropVersion = db.prepare("DELETE FROM history WHERE tenant = ? AND key = ? AND version = ?");
  const dropEvent = db.prepare("DELETE FROM events WHERE tenant = ? AND key = ? AND version = ?");
  return (tenant, { key, version, keepCurrent, versions, isDamaged }, tally) => {
    if (isDamaged === true) {
      const damaged = currentOf(tenant, key);
      if (damaged?.version !== version) return false;
      tally.replace(damaged, undefined);
      dropDamaged(tenant, key);
      dropHistory.run(tenant, key);
      return true;
    }
    const current = currentOf(tenant, key);
    if (versions !== undefined) {
      if (current?.version !== version) return false;
      for (const each of versions) {
        dropVersion.run(tenant, key, each);
        dropEvent.run(tenant, key, each);
      }
      const held = heldWithoutVersions(current, version, versions);
      tally.replace(current, held);
      setSizes.run(encodeSizes(held), tenant, key);
      return true;
    }
    dropEvents.run(tenant, key, version);
    if (keepCurrent) {
      dropVersions.run(tenant, key, version);
      if (current === undefined) return true;
      const held = heldWithout(current, current.version, version);
      tally.replace(current, held);
      setSizes.run(encodeSizes(held), tenant, key);
      return true;
    }
    if (current?.version !== version) return false;
    for (const identity of identitiesOf(current).keys())
      dropVisible.run(tenant, identity, current.removed ? 1 : 0, key);
    dropId.run(tenant, current.id);
    tally.replace(current, undefined);
    requireChanges(dropSecret.run(tenant, key));
    dropHistory.run(tenant, key);
    return true;
  };
}

/**
 * Drops the row of a secret that does not verify, and what leads to it. Its lists and its id cannot be trusted to name
 * the rows of the indexes, so those are searched for the key, which reads all of them.
 */
function createDamagedRemoval(db: DatabaseSync): (tenant: string, key: string) => void {
  const drops = ["visible", "secret_id", "secret"].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE tenant = ? AND key = ?`),
  );
  return (tenant, key) => {
    for (const drop of drops) drop.run(tenant, key);
  };
}

function createIdTaker(db: DatabaseSync): (secret: StoredSecret, formerId: string | undefined) => boolean {
  const take = db.prepare("INSERT INTO secret_id (tenant, id, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  const drop = db.prepare("DELETE FROM secret_id WHERE tenant = ? AND id = ?");
  return (secret, formerId) => {
    if (take.run(secret.tenant, secret.id, secret.key).changes === 0) return false;
    if (formerId !== undefined) drop.run(secret.tenant, formerId);
    return true;
  };
}

function identitiesOf({ document }: Current): ReadonlyMap<string, boolean> {
  return visibleIdentities(decodeDocument(document).lists);
}

function createVisibleWriter(db: DatabaseSync): (write: SecretWrite) => void {
  const drop = db.prepare("DELETE FROM visible WHERE tenant = ? AND identity = ? AND removed = ? AND key = ?");
  const put = db.prepare(`INSERT INTO visible (tenant, identity, removed, key, can_read, id) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET can_read = excluded.can_read, id = excluded.id`);
  return ({ secret, values, current }) => {
    const moved = current !== undefined && current.removed !== secret.removed;
    const keepsId = current?.id === secret.id;
    if (!moved && keepsId && current?.document === values[documentAt]) return;
    const wanted = visibleIdentities(secret.lists);
    const former = current === undefined ? new Map<string, boolean>() : identitiesOf(current);
    for (const identity of former.keys()) {
      if (moved || !wanted.has(identity)) drop.run(secret.tenant, identity, current?.removed ? 1 : 0, secret.key);
    }
    for (const [identity, canRead] of wanted) {
      if (!moved && keepsId && former.get(identity) === canRead) continue;
      requireChanges(put.run(secret.tenant, identity, secret.removed ? 1 : 0, secret.key, canRead ? 1 : 0, secret.id));
    }
  };
}

function createHistoryWriter(db: DatabaseSync): (secret: StoredSecret, values: SecretValues) => void {
  const write = db.prepare(`INSERT INTO history (${secretColumns()}) VALUES (${secretPlaceholders})
    ON CONFLICT (tenant, key, version) DO UPDATE SET ${secretAssignments}`);
  const trim = db.prepare("DELETE FROM history WHERE tenant = ? AND key = ? AND version <= ?");
  return (secret, values) => {
    requireChanges(write.run(...values));
    trim.run(secret.tenant, secret.key, secret.version - limits.historyVersions);
  };
}

/** Returns false when there is already a record with this key that has not expired. */
function createIdempotencyInsert(db: DatabaseSync): (record: IdempotencyRecord) => boolean {
  const dropOld = db.prepare("DELETE FROM idempotency WHERE created_at_ms <= ?");
  const insert = db.prepare(`INSERT INTO idempotency
    (tenant, principal, rpc, key, request_mac, answer, created_at_ms, kid, mac)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);
  return (record) => {
    dropOld.run(record.createdAtMs - limits.idempotencyMs);
    const { changes } = insert.run(
      record.tenant,
      record.principal,
      record.rpc,
      record.key,
      record.requestMac,
      record.answer,
      record.createdAtMs,
      record.kid,
      record.mac,
    );
    return changes !== 0;
  };
}
