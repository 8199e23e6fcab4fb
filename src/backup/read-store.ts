import type { KeyObject } from "node:crypto";
import { signHead } from "../audit/head.ts";
import { IntegrityError } from "../crypto/integrity-error.ts";
import { isDefaultKeyringKey } from "../crypto/key-text.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { deriveSealingKeyPair } from "../crypto/sealing-key.ts";
import { verifyToken, verifyUser } from "../identity/rows.ts";
import { keyIsMissing } from "../keys/keys-in-use.ts";
import { unwrapSealingSeed } from "../keys/sealing-keys.ts";
import { limits } from "../limits.ts";
import { verifyPermit } from "../rules/permit-row.ts";
import { openDocument } from "../secrets/document.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import type { StoreSnapshot } from "../store/snapshot.ts";
import { compareBytes } from "../text/byte-order.ts";
import { textOf } from "../text/secret-value.ts";
import { type BackupRecord, type BackupVersion, backupFormat, createCounter } from "./content.ts";
import { readVersionsInAudit, type VersionsInAudit } from "./versions-in-audit.ts";

export interface BackupOptions {
  readonly snapshot: StoreSnapshot;
  readonly keyring: Keyring;
  readonly auditKey: KeyObject;
  readonly nowMs: number;
  /** Gets a message about each row that is not in the backup, or is not what it should be. It contains no value. */
  readonly onProblem: (problem: string) => void;
}

interface BackupSource extends BackupOptions {
  /** Returns what `open` returns; undefined for a row that does not verify. */
  readonly verified: <T>(row: { readonly kid: string }, open: () => T) => T | undefined;
}

/**
 * Reads and decrypts a whole store. A row that does not verify is left out and reported, so that one damaged row does
 * not prevent backups of the others. Throws `KeysInUseError` when a key of the keyring is missing, and `StoreError`.
 */
export async function* readStore(options: BackupOptions): AsyncGenerator<BackupRecord, void> {
  const { snapshot, auditKey, nowMs } = options;
  const source = { ...options, verified: await createVerified(options) };
  const counter = createCounter();
  const inAudit = await readVersionsInAudit(snapshot, auditKey, source.onProblem);
  const ends = (await snapshot.chainEnds()).filter(({ position }) => position > 0);
  const auditHead = inAudit.isIntact ? signHead(auditKey, { timeMs: nowMs, ends }) : "";
  yield { kind: "backup", format: backupFormat, createdAtMs: nowMs, auditHead };
  for (const part of [
    readSealingKeys(source),
    readUsers(source),
    readTokens(source),
    readPermits(source),
    readQuotas(source),
    readSecrets(source, inAudit),
  ]) {
    for await (const record of part) {
      counter.add(record);
      yield record;
    }
  }
  yield { kind: "end", counts: counter.counts() };
}

/** Includes those of keyring keys with which the service has not started yet. */
async function* readSealingKeys({ snapshot, keyring, nowMs }: BackupSource): AsyncIterable<BackupRecord> {
  const stored = (await snapshot.listKeys()).filter(({ purpose }) => purpose === "sealing");
  const found = stored.map((key) => {
    const seed = key.data.length === 0 ? "" : unwrapSealingSeed(keyring, key).toString("base64");
    return { kind: "sealing-key", kid: key.kid, seed, createdAtMs: key.createdAtMs } as const;
  });
  for (const key of keyring.keys) {
    if (isDefaultKeyringKey(key) || stored.some(({ kid }) => kid === key.kid)) continue;
    const { kid, seed } = await deriveSealingKeyPair(key);
    found.push({ kind: "sealing-key", kid, seed: seed.toString("base64"), createdAtMs: nowMs });
  }
  yield* found.sort((a, b) => compareBytes(a.kid, b.kid));
}

async function* readUsers({ snapshot, keyring, verified, onProblem }: BackupSource): AsyncIterable<BackupRecord> {
  for await (const row of snapshot.users()) {
    if (verified(row, () => verifyUser(keyring, row)) === undefined) {
      onProblem(`the user ${row.slug} of the tenant ${row.tenant} does not verify and is not in the backup`);
      continue;
    }
    const { kid, mac, passkeys, ...user } = row;
    const { invitation, ...lasting } = passkeys ?? { handle: "", keys: [] };
    yield { kind: "user", user: passkeys === undefined ? user : { ...user, passkeys: lasting } };
  }
}

async function* readTokens({ snapshot, keyring, verified, onProblem }: BackupSource): AsyncIterable<BackupRecord> {
  for await (const row of snapshot.tokens()) {
    if (row.session !== undefined) continue;
    if (verified(row, () => verifyToken(keyring, row)) === undefined) {
      onProblem(`the token ${row.id} of the tenant ${row.tenant} does not verify and is not in the backup`);
      continue;
    }
    const { kid, mac, session, ...token } = row;
    yield { kind: "token", token: { ...token, hash: Buffer.from(token.hash).toString("base64") } };
  }
}

async function* readPermits({ snapshot, keyring, verified, onProblem }: BackupSource): AsyncIterable<BackupRecord> {
  for await (const row of snapshot.permits()) {
    if (verified(row, () => verifyPermit(keyring, row)) === undefined) {
      onProblem(`the permits of ${row.name} of the tenant ${row.tenant} do not verify and are not in the backup`);
      continue;
    }
    const { kid, mac, ...permit } = row;
    if (permit.patterns.length > 0) yield { kind: "permit", permit };
  }
}

async function* readQuotas({ snapshot }: BackupSource): AsyncIterable<BackupRecord> {
  for await (const { tenant, limits: ofTenant } of snapshot.quotas())
    yield { kind: "quotas", tenant, limits: ofTenant };
}

async function* readSecrets(source: BackupSource, inAudit: VersionsInAudit): AsyncIterable<BackupRecord> {
  const { snapshot, keyring, verified, onProblem } = source;
  for await (const { current, history } of withHistory(snapshot, onProblem)) {
    const problem = inAudit.check(current) ?? checkHistory(current, history);
    if (problem !== undefined) onProblem(problem);
    const versions: BackupVersion[] = [];
    for (const row of [...oldVersions(current, history), current]) {
      const version = verified(row, () => toVersion(keyring, row));
      if (version !== undefined) versions.push(version);
      else onProblem(`${describe(row)}, version ${row.version}, does not verify and is not in the backup`);
    }
    // Without the current version an old one would take its place.
    if (versions.at(-1)?.version === current.version) yield { kind: "secret", versions };
  }
  for (const problem of inAudit.missing()) onProblem(problem);
}

function checkHistory(current: StoredSecret, history: readonly StoredSecret[]): string | undefined {
  const newest = Math.max(0, ...history.map(({ version }) => version));
  if (newest <= current.version) return undefined;
  return `${describe(current)} is at version ${current.version}, and there is a version ${newest} of it: an old row was put back`;
}

/** The retained versions before the current one, the oldest first. */
function oldVersions(current: StoredSecret, history: readonly StoredSecret[]): readonly StoredSecret[] {
  return history
    .filter(({ version }) => version < current.version)
    .sort((a, b) => a.version - b.version)
    .slice(1 - limits.historyVersions);
}

function toVersion(keyring: Keyring, row: StoredSecret): BackupVersion {
  const { value, sealedDigest } = openDocument(keyring, row);
  const { kid, envelope, ...fields } = row;
  return {
    ...fields,
    ...(typeof value === "string" ? { value } : {}),
    ...(value instanceof Uint8Array ? { valueBytes: textOf(value) } : {}),
    ...(sealedDigest === undefined ? {} : { sealedDigest: Buffer.from(sealedDigest).toString("base64") }),
  };
}

/** Secrets and history come in the same order, so each is read only once. */
async function* withHistory(snapshot: StoreSnapshot, onProblem: (problem: string) => void) {
  const groups = groupByKey(snapshot.history());
  let group = await nextOf(groups);
  const skip = async (rows: readonly StoredSecret[]) => {
    const [first] = rows;
    if (first !== undefined) onProblem(`${describe(first)} has versions, but its row is missing`);
    return nextOf(groups);
  };
  for await (const current of snapshot.secrets()) {
    while (group !== undefined && compare(group[0], current) < 0) group = await skip(group);
    const isOf = group !== undefined && compare(group[0], current) === 0;
    yield { current, history: isOf && group !== undefined ? group : [] };
    if (isOf) group = await nextOf(groups);
  }
  while (group !== undefined) group = await skip(group);
}

async function nextOf<T>(source: AsyncGenerator<T, void>): Promise<T | undefined> {
  return (await source.next()).value ?? undefined;
}

type Group = readonly [StoredSecret, ...StoredSecret[]];

async function* groupByKey(rows: AsyncIterable<StoredSecret>): AsyncGenerator<Group, void> {
  let group: [StoredSecret, ...StoredSecret[]] | undefined;
  for await (const row of rows) {
    if (group !== undefined && compare(group[0], row) === 0) {
      group.push(row);
    } else {
      if (group !== undefined) yield group;
      group = [row];
    }
  }
  if (group !== undefined) yield group;
}

/** By bytes, as stores order keys. */
function compare(a: StoredSecret, b: StoredSecret): number {
  return compareBytes(a.tenant, b.tenant) || compareBytes(a.key, b.key);
}

function describe({ key, tenant }: StoredSecret): string {
  return `${key} of the tenant ${tenant}`;
}

/** Fails when a key is missing: otherwise the backup would leave out everything under that key, as damaged. */
async function createVerified({ snapshot, keyring }: BackupOptions): Promise<BackupSource["verified"]> {
  const needed = (await snapshot.listKeys()).filter(({ purpose }) => purpose === "keyring");
  const missing = new Set(needed.map(({ kid }) => kid).filter((kid) => keyring.get(kid) === undefined));
  return ({ kid }, open) => {
    if (missing.has(kid)) throw keyIsMissing(kid, keyring);
    try {
      return open();
    } catch (error) {
      if (error instanceof IntegrityError) return undefined;
      throw error;
    }
  };
}
