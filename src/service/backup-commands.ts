import { type KeyObject, randomBytes } from "node:crypto";
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { compareRecords } from "../backup/compare.ts";
import {
  type BackupCounts,
  type BackupRecord,
  createCounter,
  decodeRecords,
  encodeRecords,
} from "../backup/content.ts";
import { hostRecord } from "../backup/host-record.ts";
import { readStore } from "../backup/read-store.ts";
import { findRestoreMark, markStore, requireNewStore, requireRestored, restoreInto } from "../backup/write-store.ts";
import type { Config } from "../config/config.ts";
import { ArgumentError } from "../config/config-error.ts";
import { type StoreFlags, withStoreFlags } from "../config/store-flags.ts";
import {
  BackupKeyError,
  type BackupPrivateKey,
  createBackupKeys,
  readBackupPrivateKey,
  readBackupPublicKey,
} from "../crypto/backup-key.ts";
import { BackupFileError, decryptBackup, encryptBackup } from "../crypto/backup-stream.ts";
import { createKeyring, type Keyring } from "../crypto/keyring.ts";
import { readBounded, UnreadableFileError, whyUnreadable } from "../files/read-bounded.ts";
import { streamNewFile } from "../files/write-whole.ts";
import { readAuditKey } from "../keys/keys-in-use.ts";
import { firstTenant } from "../rules/secret-key.ts";
import type { StoreSnapshot } from "../store/snapshot.ts";
import { lockDirectory } from "../store/sqlite/directory-lock.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import { openSqliteSnapshot } from "../store/sqlite/open-snapshot.ts";
import { exportOffStdout, withAuditExport } from "./audit-export.ts";
import { eraseStore, keysOfStore, openSnapshot, openStore } from "./open-store.ts";

/** Larger than the file of any backup key. */
const keyFileBytes = 64 * 1024;

type ReadConfig = (flags: StoreFlags) => Promise<Config>;

/** The backup commands of the service. `configOf` reads the settings, which are those of `serve`. */
export function backupCommands(configOf: ReadConfig): readonly Command[] {
  return [
    new Command("backup-key")
      .description("Make a backup key pair: the private key goes to a new file, the public key to stdout.")
      .argument("<file>", "new file for the private key, which decrypts backups; store it away from the service")
      .action(makeKeys),
    withStoreFlags(new Command("backup"))
      .description("Write an encrypted backup of the store as it is now. The service may keep running.")
      .requiredOption("--to <file>", "new file for the backup")
      .requiredOption("--key <file>", "file with the public backup key")
      .action(async (flags) => backUp(await configOf(flags), flags)),
    withStoreFlags(new Command("restore"))
      .description("Restore a backup into a new, empty store, which encrypts it with its own key.")
      .requiredOption("--from <file>", "backup")
      .requiredOption("--key <file>", "file with the private backup key")
      .option("--without-tokens", "leave tokens out: no one has access until new ones are made")
      .action(async (flags) => restore(await configOf(flags), flags)),
    new Command("verify")
      .description("Restore a backup into a temporary store, and compare the two.")
      .requiredOption("--from <file>", "backup")
      .requiredOption("--key <file>", "file with the private backup key")
      .option("--audit-head <file>", "new file for the audit head in the backup, for 'oo audit verify --head'")
      .action(verify),
  ];
}

async function makeKeys(path: string): Promise<void> {
  const { privateText, publicText } = await createBackupKeys();
  await writing(path, () => streamNewFile(path, oneOf(`${privateText}\n`)));
  process.stdout.write(`${publicText}\n`);
}

async function backUp(config: Config, { to, key }: { to: string; key: string }): Promise<void> {
  const publicKey = await readingKey(key, readBackupPublicKey);
  if (await isThere(to)) throw alreadyThere(to);
  const { keyring, auditKey } = await recordBackup(config);
  const problems: string[] = [];
  const snapshot = await openSnapshot(config);
  try {
    const onProblem = (problem: string) => void problems.push(problem);
    const counter = createCounter();
    const records = tap(readStore({ snapshot, keyring, auditKey, nowMs: Date.now(), onProblem }), counter.add);
    await writing(to, () => streamNewFile(to, encryptBackup(publicKey, encodeRecords(records))));
    process.stdout.write(`backed up ${describe(counter.counts())}\n`);
  } finally {
    await snapshot.close();
  }
  if (problems.length === 0) return;
  for (const problem of problems) process.stderr.write(`secret-svc: error: ${problem}\n`);
  process.stderr.write("secret-svc: hint: the backup was written; read the errors above before you rely on it\n");
  process.exitCode = 1;
}

/**
 * Stores the audit record of the backup. No value is written to a backup before that. Returns the keys of the store.
 */
async function recordBackup(config: Config): Promise<{ keyring: Keyring; auditKey: KeyObject }> {
  const snapshot = await openSnapshot(config);
  const keys = await keysOfSnapshot(config, snapshot).finally(() => snapshot.close());
  const store = await withAuditExport(await openStore(config, "use"), exportOffStdout(config));
  try {
    const nowMs = Date.now();
    await store.beginAudit({ auditKey: keys.auditKey, chain: randomBytes(8).toString("hex"), startedAtMs: nowMs });
    await store.appendAccess([hostRecord(firstTenant, "backup.create", nowMs)]);
  } finally {
    await store.close();
  }
  return keys;
}

async function keysOfSnapshot(config: Config, snapshot: StoreSnapshot) {
  await requireRestored(snapshot);
  const { keyring } = await keysOfStore(config, snapshot);
  return { keyring, auditKey: await readAuditKey(snapshot, keyring) };
}

interface BackupFlags {
  readonly from: string;
  readonly key: string;
}

async function restore(config: Config, flags: BackupFlags & { withoutTokens?: true }): Promise<void> {
  const records = await openBackup(flags);
  // Read the whole file first: nothing is written if it is incomplete.
  await readingBackup(flags.from, () => drain(records()));
  const lock = config.mongoUri === undefined ? lockDirectory(config.dataDir) : undefined;
  try {
    const mark = await deleteUnfinished(config);
    const store = await withAuditExport(await openStore(config, "fill"), exportOffStdout(config));
    let counts: BackupCounts;
    try {
      // Before looking for its keys: a store in use may have other keys, and an error about those would mislead.
      await requireNewStore(store, mark);
      const { keyring } = await keysOfStore(config, store);
      const withTokens = flags.withoutTokens !== true;
      const target = { store, mark, keyring, withTokens, nowMs: Date.now() };
      counts = await readingBackup(flags.from, () => restoreInto(target, records()));
    } finally {
      await store.close();
    }
    process.stdout.write(`restored ${describe(counts)}\n`);
    if (counts.tokens === 0) process.stderr.write("secret-svc: hint: 'secret-svc admin-token' makes a token\n");
  } finally {
    lock?.release();
  }
}

/**
 * Deletes the data of a restore that did not finish, which was never served. First replaces the mark of that restore in
 * the store, so that it stops writing if it still runs. Returns the new mark, which stays in the store, or undefined if
 * there was no such restore.
 */
async function deleteUnfinished(config: Config): Promise<string | undefined> {
  const store = await openStore(config, "fill");
  let mark: string;
  try {
    const former = await findRestoreMark(store);
    if (former === undefined) return undefined;
    mark = await markStore(store, former, Date.now());
  } finally {
    await store.close();
  }
  process.stderr.write("secret-svc: hint: an earlier restore did not finish; its data is being deleted\n");
  await eraseStore(config, mark);
  return mark;
}

async function verify(flags: BackupFlags & { auditHead?: string }): Promise<void> {
  const records = await openBackup(flags);
  await readingBackup(flags.from, () => drain(records()));
  const directory = mkdtempSync(join(tmpdir(), "secret-svc-verify-"));
  try {
    const counts = await readingBackup(flags.from, () => restoreAndCompare(directory, records));
    process.stdout.write(`verified ${describe(counts)}\n`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  if (flags.auditHead !== undefined) await writeAuditHead(flags, flags.auditHead, records());
}

/** Encrypts the store with a key that is never saved, so that no value of the backup is on the disk in plain text. */
async function restoreAndCompare(directory: string, records: () => AsyncIterable<BackupRecord>): Promise<BackupCounts> {
  const keyring = createKeyring(randomBytes(32), []);
  const nowMs = Date.now();
  const store = await openSqliteStore({ directory, auditSync: "process" });
  try {
    await restoreInto({ store, keyring, withTokens: true, nowMs }, records());
  } finally {
    await store.close();
  }
  const snapshot = await openSqliteSnapshot(directory);
  try {
    const auditKey = await readAuditKey(snapshot, keyring);
    const onProblem = (problem: string) => {
      throw new BackupFileError(`cannot be restored: ${problem}`);
    };
    const restored = readStore({ snapshot, keyring, auditKey, nowMs, onProblem });
    const isOwn = (record: BackupRecord) => record.kind === "sealing-key" && record.kid === keyring.active.kid;
    return await compareRecords(records(), restored, isOwn);
  } finally {
    await snapshot.close();
  }
}

async function writeAuditHead(
  { from }: BackupFlags,
  path: string,
  records: AsyncIterable<BackupRecord>,
): Promise<void> {
  for await (const record of records) {
    if (record.kind !== "backup") break;
    if (record.auditHead === "") throw new ArgumentError(`${from} has no audit head: the log did not verify`);
    await writing(path, () => streamNewFile(path, oneOf(`${record.auditHead}\n`)));
  }
}

/** Returns a function that reads the backup from its beginning. */
async function openBackup({ from, key }: BackupFlags): Promise<() => AsyncIterable<BackupRecord>> {
  const privateKey: BackupPrivateKey = await readingKey(key, readBackupPrivateKey);
  const found = await stat(from).catch(() => undefined);
  if (found?.isFile() !== true) throw new ArgumentError(`${from} is not a readable file`);
  return () => decodeRecords(decryptBackup(privateKey, createReadStream(from)));
}

async function readingKey<T>(path: string, read: (text: string) => Promise<T>): Promise<T> {
  try {
    return await read(readBounded(path, { maxBytes: keyFileBytes, pipe: "wait" }).toString().trim());
  } catch (error) {
    if (error instanceof BackupKeyError) throw new ArgumentError(`${path} ${error.message}`);
    if (error instanceof UnreadableFileError) throw new ArgumentError(`cannot read ${path} (${whyUnreadable(error)})`);
    throw error;
  }
}

async function readingBackup<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof BackupFileError) throw new ArgumentError(`${path} ${error.message}`);
    throw error;
  }
}

async function writing(path: string, write: () => Promise<void>): Promise<void> {
  if (await isThere(path)) throw alreadyThere(path);
  try {
    await write();
  } catch (error) {
    throw error instanceof Error && "code" in error && error.code === "EEXIST" ? alreadyThere(path) : error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function alreadyThere(path: string): ArgumentError {
  return new ArgumentError(`${path} already exists; give the name of a new file`);
}

function describe({ secrets, versions, users, tokens, sealingKeys }: BackupCounts): string {
  const parts = [
    `${amount(secrets, "secret")} (${amount(versions, "version")})`,
    amount(users, "user"),
    amount(tokens, "token"),
    amount(sealingKeys, "sealing key"),
  ];
  return parts.join(", ");
}

function amount(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

async function drain(records: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of records);
}

async function* tap<T>(items: AsyncIterable<T>, look: (item: T) => void): AsyncIterable<T> {
  for await (const item of items) {
    look(item);
    yield item;
  }
}

async function* oneOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
