import { createHmac, type KeyObject } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isSameBytes } from "../crypto/same-bytes.ts";
import { createChain } from "./chain.ts";
import { type AuditCheckpoint, isSignedCheckpoint } from "./checkpoint.ts";
import { endAction, endRecord } from "./journal-end.ts";
import { JournalDiffersError } from "./journal-error.ts";
import { isProvisional, type LockFile, lockName, parseSegmentName } from "./journal-files.ts";
import { isOwnFolder } from "./journal-folder.ts";
import type { SegmentStart } from "./journal-segment.ts";
import { readJournal } from "./read-journal.ts";
import { type ChainedRecord, encodeAuditRecord } from "./record.ts";
import type { RegisteredChain } from "./verifier.ts";

/** What a start needs of the store to finish what an earlier process left. */
export interface JournalTarget {
  listChains(): Promise<readonly RegisteredChain[]>;
  listCheckpoints(): Promise<readonly AuditCheckpoint[]>;
  /** Records of this chain after a position, in their order. */
  recordsAfter(chain: string, position: number): Promise<readonly ChainedRecord[]>;
  /** As of `AccessJournal`. Throws when the store has another record in the same place. */
  ship(records: readonly ChainedRecord[]): Promise<void>;
}

/**
 * What became of the journal of a chain. The files stay unless they were `recovered`. `foreign`: no chain of this
 * store. `differs`: the store has other records in the same places, which no service wrote. `unreadable`: no file of it
 * begins with what this program writes there. `damaged`: records may be missing in the middle or between its files.
 * What comes before is in the store, but the chain has no end, so it stays unfinished for those who verify it.
 */
export interface FoundJournal {
  readonly chain: string;
  readonly outcome: "recovered" | "foreign" | "differs" | "unreadable" | "damaged";
  /** Those that verify and follow each other. */
  readonly records: number;
  /** Bytes after them that do not. */
  readonly cutBytes: number;
}

export interface RecoverOptions {
  readonly folder: string;
  readonly auditKey: KeyObject;
  readonly lockFile: LockFile;
  readonly target: JournalTarget;
  readonly now: () => number;
}

const batchRecords = 1_000;

/**
 * Puts into the store what earlier processes left in their journals, ends their chains, and deletes the files. Journals
 * of processes that run are left alone. To be called again after a crash at any point. Throws what the store throws,
 * and `JournalError` when the folder is not of this user.
 */
export async function recoverJournals(options: RecoverOptions): Promise<readonly FoundJournal[]> {
  const { folder, lockFile } = options;
  const found: FoundJournal[] = [];
  if (!isOwnFolder(folder)) return found;
  for (const chain of chainsIn(folder)) {
    let lock: ReturnType<LockFile>;
    try {
      lock = lockFile(join(folder, lockName(chain)));
    } catch {
      found.push({ chain, outcome: "unreadable", records: 0, cutBytes: 0 });
    }
    if (lock === undefined) continue;
    try {
      const journal = await recover(options, chain);
      if (journal !== undefined) found.push(journal);
    } finally {
      lock.release();
    }
  }
  return found;
}

function chainsIn(folder: string): ReadonlySet<string> {
  const lockSuffix = lockName("");
  const chains = readdirSync(folder).flatMap((name) => {
    if (name.endsWith(lockSuffix)) return name.slice(0, -lockSuffix.length);
    return parseSegmentName(name)?.chain ?? [];
  });
  return new Set(chains);
}

async function recover(options: RecoverOptions, chain: string): Promise<FoundJournal | undefined> {
  const { folder, auditKey, target } = options;
  // Looked for again under the lock: another process may have recovered it meanwhile.
  const all = readdirSync(folder);
  const names = all.filter((name) => parseSegmentName(name)?.chain === chain).sort();
  // Nothing in them was acknowledged.
  const provisional = all.filter((name) => isProvisional(name, chain));
  const deleteAll = () => {
    for (const name of [...names, ...provisional, lockName(chain)]) rmSync(join(folder, name), { force: true });
  };
  if (names.length === 0) {
    deleteAll();
    return undefined;
  }
  const { start, records, cutBytes, isDamaged } = readJournal(auditKey, folder, chain, names);
  const result = { chain, records: records.length, cutBytes };
  const registered = (await target.listChains()).find((each) => each.chain === chain);
  if (start === undefined) return { ...result, outcome: "unreadable" };
  if (registered === undefined && records.length === 0 && start.position === 0 && !isDamaged) {
    // It ended before it had registered the chain.
    deleteAll();
    return undefined;
  }
  if (registered === undefined || !isSameBytes(registered.mac, start.startMac))
    return { ...result, outcome: "foreign" };
  try {
    const dropped = await droppedOf(options, chain);
    if (!(await hasAllBefore(options, start, dropped))) return { ...result, records: 0, outcome: "damaged" };
    const rest = withoutDropped(records, dropped);
    for (let at = 0; at < rest.length; at += batchRecords) await target.ship(rest.slice(at, at + batchRecords));
    const read = records.at(-1) ?? start;
    const last = await lastInStore(options, chain, later(read, dropped));
    if (isDamaged) return { ...result, outcome: "damaged" };
    if (!last.isEnd) await endChain(options, chain, last, cutBytes);
  } catch (error) {
    if (!(error instanceof JournalDiffersError)) throw error;
    return { ...result, outcome: "differs" };
  }
  deleteAll();
  return { ...result, outcome: "recovered" };
}

/** Up to where retention has dropped the records of a chain, by the newest checkpoint that is signed. */
async function droppedOf({ auditKey, target }: RecoverOptions, chain: string): Promise<AuditCheckpoint | undefined> {
  const checkpoints = await target.listCheckpoints();
  return checkpoints
    .filter((each) => each.sink === "access" && each.chain === chain && isSignedCheckpoint(auditKey, each))
    .sort((a, b) => b.position - a.position)[0];
}

/** Retention drops only what the store had, so what it has dropped must not come back from a file. */
function withoutDropped(
  records: readonly ChainedRecord[],
  dropped: AuditCheckpoint | undefined,
): readonly ChainedRecord[] {
  if (dropped === undefined) return records;
  const { chain, position, lastMac } = dropped;
  const same = records.find((record) => record.position === position);
  if (same !== undefined && !isSameBytes(same.mac, lastMac)) throw new JournalDiffersError(chain);
  return records.filter((record) => record.position > position);
}

function later({ position, mac }: Last, dropped: AuditCheckpoint | undefined): Last {
  const isLater = dropped !== undefined && dropped.position > position;
  return isLater ? { position: dropped.position, mac: dropped.lastMac } : { position, mac };
}

/** Files are deleted once the store has what is in them. What it lacks before the first one that is there was lost. */
async function hasAllBefore(
  { target }: RecoverOptions,
  { chain, position, mac }: SegmentStart,
  dropped: AuditCheckpoint | undefined,
): Promise<boolean> {
  if (position === 0) return true;
  const [stored] = await target.recordsAfter(chain, position - 1);
  if (stored?.position === position) {
    if (!isSameBytes(stored.mac, mac)) throw new JournalDiffersError(chain);
    return true;
  }
  // Retention may have dropped it since.
  return dropped !== undefined && dropped.position >= position;
}

type Last = Pick<ChainedRecord, "position" | "mac">;

/** The store may have more than the files: those of a machine that crashed can lack what was shipped from memory. */
async function lastInStore({ auditKey, target }: RecoverOptions, chain: string, from: Last) {
  let { position, mac } = from;
  let isEnd = false;
  for (;;) {
    const stored = await target.recordsAfter(chain, position);
    if (stored.length === 0) return { position, mac, isEnd };
    for (const record of stored) {
      if (record.position !== position + 1 || !isNext(auditKey, mac, record)) throw new JournalDiffersError(chain);
      ({ position, mac } = record);
      isEnd = record.action === endAction;
    }
  }
}

async function endChain(
  { auditKey, target, now }: RecoverOptions,
  chain: string,
  { position, mac }: Last,
  cutBytes: number,
): Promise<void> {
  const { chained } = createChain(auditKey, chain, "access", mac, position).extend([
    endRecord(chain, now(), "recovered", cutBytes),
  ]);
  await target.ship(chained);
}

function isNext(auditKey: KeyObject, previous: Uint8Array, record: ChainedRecord): boolean {
  try {
    const bytes = encodeAuditRecord(record.chain, record.position, record);
    return isSameBytes(createHmac("sha256", auditKey).update(previous).update(bytes).digest(), record.mac);
  } catch {
    return false;
  }
}
