import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import { constants, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readBounded } from "../files/read-bounded.ts";
import { createChain } from "./chain.ts";
import { endAction, endRecord } from "./journal-end.ts";
import { JournalDiffersError } from "./journal-error.ts";
import { type LockFile, lockName, parseSegmentName } from "./journal-files.ts";
import { type ReadSegment, readSegment } from "./journal-segment.ts";
import { type ChainedRecord, encodeAuditRecord } from "./record.ts";
import type { RegisteredChain } from "./verifier.ts";

/** What a start needs of the store to finish what an earlier process left. */
export interface JournalTarget {
  listChains(): Promise<readonly RegisteredChain[]>;
  /** Records of this chain after a position, in their order. */
  recordsAfter(chain: string, position: number): Promise<readonly ChainedRecord[]>;
  /** As of `AccessJournal`. Throws when the store has another record in the same place. */
  ship(records: readonly ChainedRecord[]): Promise<void>;
}

/**
 * What became of the journal of a chain. `foreign`: no chain of this store; its files stay. `differs`: the store has
 * other records in the same places, which no service wrote; its files stay. `unreadable`: no file of it begins with
 * what this program writes there; its files stay.
 */
export interface FoundJournal {
  readonly chain: string;
  readonly outcome: "recovered" | "foreign" | "differs" | "unreadable";
  readonly records: number;
  /** Bytes at its end that were not a whole record. */
  readonly cutBytes: number;
}

export interface RecoverOptions {
  readonly folder: string;
  readonly auditKey: KeyObject;
  readonly lockFile: LockFile;
  readonly target: JournalTarget;
  readonly now: () => number;
}

/** A segment is only a little larger than `segmentBytes` of a journal. */
const segmentBytesMax = 256 * 1024 * 1024;
const batchRecords = 1_000;

/**
 * Puts into the store what earlier processes left in their journals, ends their chains, and deletes the files. Journals
 * of processes that run are left alone. To be called again after a crash at any point. Throws what the store throws.
 */
export async function recoverJournals(options: RecoverOptions): Promise<readonly FoundJournal[]> {
  const { folder, lockFile } = options;
  const found: FoundJournal[] = [];
  for (const chain of chainsIn(folder)) {
    const lock = lockFile(join(folder, lockName(chain)));
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
  const chains = namesIn(folder).flatMap((name) => {
    if (name.endsWith(lockSuffix)) return name.slice(0, -lockSuffix.length);
    return parseSegmentName(name)?.chain ?? [];
  });
  return new Set(chains);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

async function recover(options: RecoverOptions, chain: string): Promise<FoundJournal | undefined> {
  const { folder, auditKey, target } = options;
  // Looked for again under the lock: another process may have recovered it meanwhile.
  const names = namesIn(folder)
    .filter((name) => parseSegmentName(name)?.chain === chain)
    .sort();
  const deleteAll = () => {
    for (const name of [...names, lockName(chain)]) rmSync(join(folder, name), { force: true });
  };
  if (names.length === 0) {
    deleteAll();
    return undefined;
  }
  const flags = constants.O_NOFOLLOW;
  const segments = names.map((name) =>
    readSegment(auditKey, readBounded(join(folder, name), { maxBytes: segmentBytesMax, flags })),
  );
  const whole = wholeSegments(chain, segments);
  const [first] = whole;
  const records = whole.flatMap((segment) => segment.records);
  const cutBytes = whole.reduce((sum, segment) => sum + segment.cutBytes, 0);
  const result = { chain, records: records.length, cutBytes };
  const registered = (await target.listChains()).find((each) => each.chain === chain);
  if (first === undefined) return { ...result, outcome: "unreadable" };
  const { startMac, position, mac } = first.start;
  if (registered === undefined && records.length === 0) {
    // It ended before it had registered the chain.
    deleteAll();
    return undefined;
  }
  if (registered === undefined || !isSame(registered.mac, startMac)) return { ...result, outcome: "foreign" };
  try {
    for (let at = 0; at < records.length; at += batchRecords) await target.ship(records.slice(at, at + batchRecords));
    const last = records.at(-1) ?? { position, mac };
    await endChain(options, chain, last, cutBytes);
  } catch (error) {
    if (!(error instanceof JournalDiffersError)) throw error;
    return { ...result, outcome: "differs" };
  }
  deleteAll();
  return { ...result, outcome: "recovered" };
}

/** Those that follow each other. A machine that crashed may have left the last ones empty. */
function wholeSegments(chain: string, segments: readonly (ReadSegment | undefined)[]): readonly ReadSegment[] {
  const whole: ReadSegment[] = [];
  let next: number | undefined;
  for (const segment of segments) {
    if (segment === undefined || segment.start.chain !== chain) continue;
    if (next !== undefined && segment.start.position !== next) break;
    whole.push(segment);
    next = segment.start.position + segment.records.length;
  }
  return whole;
}

/** The store may have more than the files: those of a machine that crashed can lack what was shipped from memory. */
async function endChain(
  { auditKey, target, now }: RecoverOptions,
  chain: string,
  last: Pick<ChainedRecord, "position" | "mac">,
  cutBytes: number,
): Promise<void> {
  let { position, mac } = last;
  let action = "";
  for (;;) {
    const stored = await target.recordsAfter(chain, position);
    if (stored.length === 0) break;
    for (const record of stored) {
      if (record.position !== position + 1 || !isNext(auditKey, mac, record)) throw new JournalDiffersError(chain);
      ({ position, mac, action } = record);
    }
  }
  if (action === endAction) return;
  const { chained } = createChain(auditKey, chain, "access", mac, position).extend([
    endRecord(chain, now(), "recovered", cutBytes),
  ]);
  await target.ship(chained);
}

function isNext(auditKey: KeyObject, previous: Uint8Array, record: ChainedRecord): boolean {
  try {
    const bytes = encodeAuditRecord(record.chain, record.position, record);
    return isSame(createHmac("sha256", auditKey).update(previous).update(bytes).digest(), record.mac);
  } catch {
    return false;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
