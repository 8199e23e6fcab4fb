import { randomBytes } from "node:crypto";
import { BackupFileError } from "../crypto/backup-stream.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { signToken, signUser } from "../identity/rows.ts";
import { addActiveKey, openAuditKey } from "../keys/keys-in-use.ts";
import { silentMs } from "../keys/processes.ts";
import { wrapSealingSeed } from "../keys/sealing-keys.ts";
import { signPermit } from "../rules/permit-row.ts";
import { sealDocument } from "../secrets/document.ts";
import type { IdentityCommit } from "../store/identity-rows.ts";
import type { IdentityStore } from "../store/identity-store.ts";
import type { KeyStore } from "../store/key-store.ts";
import type { ProcessRegistry } from "../store/process-registry.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import type { Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import { markPurposes, type StoredKey } from "../store/stored-key.ts";
import { type BackupCounts, type BackupRecord, type BackupVersion, createCounter } from "./content.ts";
import { hostRecord } from "./host-record.ts";

/** Where a backup is restored, and under which key. */
export interface RestoreTarget {
  /** Must be empty. Auditing must not have begun. */
  readonly store: Store;
  /** The restore mark in the store, which a new one replaces; undefined when there is none. */
  readonly mark?: string | undefined;
  /** Everything is encrypted with its active key, whichever key it was encrypted with before. */
  readonly keyring: Keyring;
  /** Without tokens, no one has access until new tokens are created. */
  readonly withTokens: boolean;
  readonly nowMs: number;
}

/** Secrets, or users and tokens, of one commit. */
const commitRows = 100;
/** Characters of values in one commit: far less than a transaction of MongoDB may hold. */
const commitChars = 2 * 1024 * 1024;

/** The mark of a restore into this store that has begun but not finished. */
export async function findRestoreMark(store: Pick<KeyStore, "listKeys">): Promise<string | undefined> {
  return (await store.listKeys()).find(({ purpose }) => purpose === "restoring")?.kid;
}

/** Throws `StoreError` when a restore has begun but not finished: an incomplete store must not be served. */
export async function requireRestored(store: Pick<KeyStore, "listKeys">): Promise<void> {
  if ((await findRestoreMark(store)) === undefined) return;
  throw new StoreError(
    "unavailable",
    "a restore into this store did not finish; wait for it if it is still running, otherwise run 'secret-svc restore' again",
  );
}

/** Throws `StoreError` unless the store has never been used and has no restore mark other than `mark`. */
export async function requireNewStore(store: KeyStore & IdentityStore, mark?: string): Promise<void> {
  if ((await findRestoreMark(store)) !== mark) await requireRestored(store);
  // An audit key alone does not mean that the store was used: a service that was refused at its start leaves one.
  const isUnused = ({ purpose }: StoredKey) => purpose === "audit" || markPurposes.includes(purpose);
  if ((await store.listKeys()).every(isUnused) && (await store.hasNoUsers())) return;
  throw new StoreError(
    "unavailable",
    "the store is not empty; a backup can only be restored into a new store: give another --data-dir, or another database",
  );
}

/**
 * Marks the store as being restored and returns the new mark, which replaces the mark `former`; undefined when the
 * store has no mark. Throws `StoreError` when the store no longer has that mark.
 */
export async function markStore(
  store: KeyStore & IdentityStore & ProcessRegistry,
  former: string | undefined,
  nowMs: number,
): Promise<string> {
  const kid = randomBytes(8).toString("hex");
  if (await store.takeRestoreMark({ kid, createdAtMs: nowMs }, former)) return kid;
  throw new StoreError(
    "unavailable",
    "another 'secret-svc restore' is working on this store; wait for it to finish, and run this one again only if it fails",
  );
}

/**
 * Writes the content of a backup into an empty store. Until everything is written, the store is marked and must not be
 * served. Throws `StoreError`, and `BackupFileError` for content that no store can hold.
 */
export async function restoreInto(target: RestoreTarget, records: AsyncIterable<BackupRecord>): Promise<BackupCounts> {
  const { store, keyring, nowMs } = target;
  await requireNewStore(store, target.mark);
  await requireUnused(store, await markStore(store, target.mark, nowMs));
  const auditKey = await openAuditKey(store, keyring, nowMs);
  await addActiveKey(store, keyring, nowMs);
  await store.beginAudit({ auditKey, chain: randomBytes(8).toString("hex"), startedAtMs: nowMs });
  const counter = createCounter();
  const identities = createIdentityWriter(target);
  const secrets = createSecretWriter(target);
  for await (const record of records) {
    if (record.kind === "token" && !target.withTokens) continue;
    counter.add(record);
    if (record.kind === "sealing-key") await writeSealingKey(target, record);
    if (record.kind === "user" || record.kind === "token" || record.kind === "permit") await identities.add(record);
    if (record.kind === "quotas") await writeQuotas(target, record);
    if (record.kind === "secret") await secrets.add(record.versions);
  }
  await identities.finish();
  await secrets.finish();
  await store.removeRestoreMark();
  return counter.counts();
}

/** Checks again, now that no service can start here. Removes the mark when one has started in the meantime. */
async function requireUnused(store: KeyStore & IdentityStore & ProcessRegistry, mark: string): Promise<void> {
  try {
    if ((await store.listProcesses(silentMs)).length > 0) throw serviceStarts();
    await requireNewStore(store, mark);
  } catch (error) {
    await store.removeRestoreMark();
    throw error;
  }
}

function serviceStarts(): StoreError {
  return new StoreError(
    "unavailable",
    "a service is being started on this store; stop it and run this again, or give another database " +
      `(a service that was killed counts as running for ${silentMs / 1000} seconds)`,
  );
}

async function writeSealingKey(
  { store, keyring }: RestoreTarget,
  { kid, seed, createdAtMs }: BackupRecord & { readonly kind: "sealing-key" },
): Promise<void> {
  const data = seed === "" ? new Uint8Array(0) : wrapSealingSeed(keyring, kid, Buffer.from(seed, "base64"));
  await store.addKey({ kid, purpose: "sealing", data, createdAtMs });
}

async function writeQuotas(
  { store, nowMs }: RestoreTarget,
  { tenant, limits }: BackupRecord & { readonly kind: "quotas" },
): Promise<void> {
  const expectedRevision = await store.identityRevision(tenant);
  const audit = [hostRecord(tenant, "backup.restore", nowMs, 1)];
  const outcome = await store.commitIdentity({
    tenant,
    expectedRevision,
    users: [],
    tokens: [],
    quotas: limits,
    audit,
  });
  if (outcome !== "committed") throw concurrentWrite();
}

type IdentityRecord = BackupRecord & { readonly kind: "user" | "token" | "permit" };

function createIdentityWriter({ store, keyring, nowMs }: RestoreTarget) {
  let waiting: IdentityRecord[] = [];

  async function write(tenant: string, records: readonly IdentityRecord[]): Promise<void> {
    const users = records.flatMap((record) => (record.kind === "user" ? signUser(keyring, record.user) : []));
    const tokens = records.flatMap(({ ...record }) =>
      record.kind === "token"
        ? signToken(keyring, { ...record.token, hash: new Uint8Array(Buffer.from(record.token.hash, "base64")) })
        : [],
    );
    const permits = records.flatMap((record) => (record.kind === "permit" ? signPermit(keyring, record.permit) : []));
    const commit: IdentityCommit = {
      tenant,
      expectedRevision: await store.identityRevision(tenant),
      users,
      tokens,
      permits,
      audit: [hostRecord(tenant, "backup.restore", nowMs, records.length)],
    };
    if ((await store.commitIdentity(commit)) !== "committed") throw concurrentWrite();
  }

  async function finish(): Promise<void> {
    const records = waiting;
    waiting = [];
    for (const [tenant, ofTenant] of Map.groupBy(records, tenantOf)) await write(tenant, ofTenant);
  }

  return {
    async add(record: IdentityRecord) {
      waiting.push(record);
      if (waiting.length >= commitRows) await finish();
    },
    finish,
  };
}

function tenantOf(record: IdentityRecord): string {
  if (record.kind === "permit") return record.permit.tenant;
  return record.kind === "user" ? record.user.tenant : record.token.tenant;
}

/** Old versions first: one commit for the first of each secret, then one for the second of each, and so on. */
function createSecretWriter({ store, keyring, nowMs }: RestoreTarget) {
  let waiting: (readonly BackupVersion[])[] = [];
  let waitingChars = 0;

  async function write(tenant: string, secrets: readonly (readonly BackupVersion[])[]): Promise<void> {
    const rounds = Math.max(...secrets.map(({ length }) => length));
    for (let round = 0; round < rounds; round += 1) {
      const changes = secrets.flatMap((versions) => {
        const version = versions[round];
        if (version === undefined) return [];
        return { secret: toStored(keyring, version), expectedVersion: versions[round - 1]?.version ?? 0 };
      });
      const isLast = round === rounds - 1;
      const audit = isLast ? [hostRecord(tenant, "backup.restore", nowMs, secrets.length)] : [];
      const outcome = await store.commitSecrets({ tenant, changes, audit, idempotency: undefined });
      if (outcome.status !== "committed") throw concurrentWrite();
    }
  }

  async function finish(): Promise<void> {
    const secrets = waiting;
    waiting = [];
    waitingChars = 0;
    const byTenant = Map.groupBy(secrets, ([first]) => first?.tenant ?? "");
    for (const [tenant, ofTenant] of byTenant) await write(tenant, ofTenant);
  }

  return {
    async add(versions: readonly BackupVersion[]) {
      waiting.push(versions);
      waitingChars += Math.max(0, ...versions.map(({ value, valueBytes }) => (value ?? valueBytes)?.length ?? 0));
      if (waiting.length >= commitRows || waitingChars >= commitChars) await finish();
    },
    finish,
  };
}

function toStored(keyring: Keyring, { value, valueBytes, sealedDigest, ...fields }: BackupVersion): StoredSecret {
  const digest = sealedDigest === undefined ? undefined : Buffer.from(sealedDigest, "base64");
  const bytes = valueBytes === undefined ? undefined : Buffer.from(valueBytes, "base64");
  try {
    return sealDocument(keyring, fields, { value: bytes ?? value, sealedDigest: digest });
  } catch {
    throw new BackupFileError("holds a secret that no store can hold");
  }
}

function concurrentWrite(): StoreError {
  return new StoreError(
    "unavailable",
    "another process is writing to the store; run one restore at a time, and run this one again",
  );
}
