import type { KeyObject } from "node:crypto";
import type { Chain } from "./chain.ts";
import { endRecord } from "./journal-end.ts";
import { JournalDiffersError, JournalError } from "./journal-error.ts";
import { createJournalFiles, type LockFile } from "./journal-files.ts";
import { encodeFrames, encodeStart } from "./journal-segment.ts";
import type { AuditRecord, ChainedRecord } from "./record.ts";
import type { RegisteredChain } from "./verifier.ts";

/**
 * Records that are in a file of this process before they are in the store. They reach the store in batches, in the
 * order of their chain.
 */
export interface AccessJournal {
  /**
   * Resolves when the records are in the file; with `isDurable`, when they are on the disk. Throws `JournalError`: they
   * are not, and what they record must not happen.
   */
  append(records: readonly AuditRecord[]): Promise<void>;
  /** Throws `JournalError` while the journal takes no records. */
  requireRoom(): void;
  /** Resolves when everything that was appended before is in the store. Throws what `ship` throws. */
  flush(): Promise<void>;
  /** The time up to which everything that was appended is in the store. */
  shippedUntilMs(): number;
  /** Deletes the files of a journal whose chain could not be registered. */
  discard(): void;
  /** Ships what is left, ends the chain and deletes the files. Throws `JournalError` when they have to stay. */
  close(): Promise<void>;
}

export interface AccessJournalOptions {
  readonly folder: string;
  readonly auditKey: KeyObject;
  readonly chain: Chain;
  readonly start: RegisteredChain;
  readonly lockFile: LockFile;
  readonly isDurable: boolean;
  /**
   * Stores records that follow each other. Resolves when a majority has them, also when they were there already. The
   * same ones are given again after a failure.
   */
  readonly ship: (batch: ShippedBatch) => Promise<void>;
  /**
   * `ship` uses only the frames, so memory need not hold the records as objects until then. With 64 callers the garbage
   * collector then takes less of each read.
   */
  readonly shipsFrames?: boolean;
  /**
   * Whether what was shipped up to now survives a crash of the machine. Until then its files stay. Default: always.
   */
  readonly isSafe?: () => boolean;
  readonly now: () => number;
  /** Called once, when its disk has failed. Then nothing can be recorded until another process begins a new journal. */
  readonly onBroken?: ((error: JournalError) => void) | undefined;
  readonly limits?: Partial<JournalLimits>;
}

export interface ShippedBatch {
  /** Empty with `shipsFrames`. */
  readonly records: readonly ChainedRecord[];
  /** The same in the bytes of the file, some records in each. */
  readonly frames: readonly Buffer[];
}

export interface JournalLimits {
  /** Records that are not in the store yet. Memory holds them as well. */
  readonly records: number;
  readonly bytes: number;
  /** The age of the oldest of them. */
  readonly ageMs: number;
  /** A file of this size is followed by another one, and deleted when all that is in it is in the store. */
  readonly segmentBytes: number;
  /** So is one that was begun this long ago. */
  readonly segmentAgeMs: number;
  /** Records go to the store this long after the first of them. */
  readonly shipEveryMs: number;
  /** How long the last records may take to the store when the process ends. */
  readonly closeMs: number;
}

const defaultLimits: JournalLimits = {
  records: 20_000,
  bytes: 64 * 1024 * 1024,
  ageMs: 60_000,
  segmentBytes: 4 * 1024 * 1024,
  segmentAgeMs: 3_600_000,
  shipEveryMs: 100,
  closeMs: 10_000,
};

/** Records of one batch. With more, one command would become too large. */
const batchRecords = 1_000;

/** What was appended at once. */
interface Unshipped {
  readonly records: readonly ChainedRecord[];
  readonly frames: Buffer;
  readonly count: number;
  readonly lastPosition: number;
  /** By the clock that is not set. */
  readonly sinceMs: number;
  readonly appendedAtMs: number;
}

/** Begins the journal of a chain that is registered and has no records. Throws `JournalError`. */
export function createAccessJournal(options: AccessJournalOptions): AccessJournal {
  const { auditKey, chain, start, ship } = options;
  const limits = { ...defaultLimits, ...options.limits };
  let last: { position: number; mac: Uint8Array } = { position: 0, mac: start.mac };
  const files = createJournalFiles({
    folder: options.folder,
    chain: chain.id,
    start: () =>
      encodeStart(auditKey, { chain: chain.id, ...last, startedAtMs: start.startedAtMs, startMac: start.mac }),
    lockFile: options.lockFile,
    isDurable: options.isDurable,
    segmentBytes: limits.segmentBytes,
    segmentAgeMs: limits.segmentAgeMs,
    onBroken: options.onBroken,
  });
  let unshipped: Unshipped[] = [];
  let unshippedBytes = 0;
  let unshippedCount = 0;
  let shipping: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosing = false;
  let differs: JournalDiffersError | undefined;

  function requireRoom(): void {
    if (differs !== undefined) throw new JournalError("the access journal stopped", { cause: differs });
    files.requireWorking();
    const [oldest] = unshipped;
    if (oldest === undefined) return;
    const isFull = unshippedCount >= limits.records || unshippedBytes >= limits.bytes;
    const isOld = performance.now() - oldest.sinceMs >= limits.ageMs;
    if (!isFull && !isOld) return;
    throw new JournalError("the access journal is full: its records do not reach the store");
  }

  function shipSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      // A failure leaves the records in the journal, and the next turn tries again.
      shipAll().catch(() => shipSoon());
    }, limits.shipEveryMs);
    timer.unref();
  }

  function shipAll(): Promise<void> {
    shipping ??= shipBatches().finally(() => {
      shipping = undefined;
    });
    return shipping;
  }

  async function shipBatches(): Promise<void> {
    const upTo = last.position;
    while ((unshipped[0]?.lastPosition ?? Number.POSITIVE_INFINITY) <= upTo) {
      const batch = nextBatch();
      await shipOrStop({ records: batch.flatMap(({ records }) => records), frames: batch.map(({ frames }) => frames) });
      unshipped = unshipped.slice(batch.length);
      for (const { count, frames } of batch) {
        unshippedCount -= count;
        unshippedBytes -= frames.length;
      }
      if (options.isSafe?.() !== false) files.release(batch.at(-1)?.lastPosition ?? 0);
    }
    if (unshipped.length > 0) shipSoon();
  }

  function nextBatch(): readonly Unshipped[] {
    let count = 0;
    const end = unshipped.findIndex((each) => {
      count += each.count;
      return count > batchRecords;
    });
    // A copy: more is appended while the batch is on its way.
    return unshipped.slice(0, end < 0 ? undefined : Math.max(end, 1));
  }

  async function shipOrStop(batch: ShippedBatch): Promise<void> {
    try {
      await ship(batch);
    } catch (error) {
      if (error instanceof JournalDiffersError) differs = error;
      throw error;
    }
  }

  async function flush(): Promise<void> {
    const upTo = last.position;
    while ((unshipped[0]?.lastPosition ?? Number.POSITIVE_INFINITY) <= upTo) await shipAll();
  }

  async function end(): Promise<void> {
    clearTimeout(timer);
    const untilMs = performance.now() + limits.closeMs;
    // Made once: what is sent again must be the same record.
    const { chained, encoded } = chain.extend([endRecord(chain.id, options.now(), "closed")]);
    for (;;) {
      try {
        await flush();
        return await ship({ records: chained, frames: [encodeFrames(chained, encoded)] });
      } catch (error) {
        if (differs !== undefined || performance.now() >= untilMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, limits.shipEveryMs));
      }
    }
  }

  return {
    async append(records) {
      if (isClosing) throw new JournalError("the access journal is closed");
      requireRoom();
      const appendedAtMs = options.now();
      const { chained, encoded, commit } = chain.extend(records);
      const latest = chained.at(-1);
      if (latest === undefined) return;
      const frames = encodeFrames(chained, encoded);
      files.write(frames, latest.position);
      commit();
      last = latest;
      const { position: lastPosition } = latest;
      const objects = options.shipsFrames === true ? [] : chained;
      const count = chained.length;
      unshipped.push({ records: objects, frames, count, lastPosition, sinceMs: performance.now(), appendedAtMs });
      unshippedCount += count;
      unshippedBytes += frames.length;
      shipSoon();
      if (options.isDurable) await files.synced();
    },
    requireRoom,
    flush,
    shippedUntilMs: () => Math.min(options.now(), ...unshipped.map(({ appendedAtMs }) => appendedAtMs)),
    discard: () => files.close(false),
    async close() {
      isClosing = true;
      await files.settled();
      try {
        await end();
      } catch (error) {
        const count = unshippedCount;
        files.close(true);
        throw new JournalError(
          `${count} access records are in the journal in ${options.folder} and not in the store: the next start with this ` +
            "data directory puts them there",
          { cause: error },
        );
      }
      files.close(false);
    },
  };
}
