import type { AuditRecord } from "./record.ts";

/** The audit record could not be stored in time, so the action that it is about must not happen. */
export class AuditUnavailableError extends Error {
  constructor(options?: ErrorOptions) {
    super("the audit log is not available", options);
    this.name = "AuditUnavailableError";
  }
}

export interface AccessLog {
  /** Resolves once the records are stored. Throws `AuditUnavailableError` when they are not, or not in time. */
  record(records: readonly AuditRecord[]): Promise<void>;
  /** False from a failed append until the next one that succeeds. */
  readonly healthy: boolean;
  /** How often it became unhealthy since the start. A short outage may be over before anyone looks at `healthy`. */
  readonly outages: number;
  /** Why the last append failed; undefined while it is healthy, and when the append took too long. */
  readonly failure: unknown;
  /** Records that wait to be stored. */
  readonly pending: number;
}

export interface AccessLogOptions {
  readonly append: (records: readonly AuditRecord[]) => Promise<void>;
  /** Records that may wait at once; more are refused, so that a stuck disk cannot fill the memory. Default 20,000. */
  readonly pendingMax?: number;
  /**
   * Appends that may run at once. Default 1. With 2, a store that writes quickly has the next batch at hand once that
   * is large enough. A slow store is better off with fewer and larger batches.
   *
   * With 16 and with 64 callers 1.2 times as many reads for the same processor time
   * (`npm run bench:parts -- --only access-log-at-once`).
   */
  readonly atOnce?: number;
  /**
   * How many turns of the event loop a batch waits for more records, as long as each turn brings some. Under load a
   * turn is short. Default 2.
   *
   * With 4 callers 1.5 times as many reads for the same processor time, with 64 callers 1.0 times as many
   * (`npm run bench:parts -- --only access-log-turns`).
   */
  readonly turnsMax?: number;
  /**
   * How many records are worth an append at least. Default 10. An append to a file ends at once, so nothing gathers
   * meanwhile: more callers then share a turn, and what each turn costs, only when they wait for each other.
   *
   * With 64 callers, 64 records and 8 turns instead of 10 and 2: 1.2 times as many reads on the embedded store
   * (`npm run bench:against -- CHECKOUT --operation read --callers 64`).
   */
  readonly enoughMin?: number;
  /** An append writes to a file of this process, which takes less time than to wait for others. Default false. */
  readonly isFile?: boolean;
  /** How long a caller waits at most. Default 5,000: longer than a slow disk, shorter than a caller's patience. */
  readonly waitMs?: number;
}

/**
 * With many callers more records are worth waiting for: those of half the callers, while the others prepare theirs. At
 * most this many.
 */
const enoughMax = 32;

/** A batch does not grow beyond this, because the callers of its first records would wait for the last one. */
const largest = 64;

interface Batch {
  readonly records: AuditRecord[];
  readonly stored: PromiseWithResolvers<void>;
  readonly timer: NodeJS.Timeout;
}

/**
 * Every read of a secret waits here for its record, so records share appends. Few appends run at a time, and records
 * that arrive meanwhile go into the next ones. While no append runs, a batch waits a few turns of the event loop for
 * more. A turn that brings nothing ends the wait, so that a single caller does not pay for it. There is a limit on how
 * many records wait, and for how long; beyond it the log fails closed.
 *
 * With 16 callers 1.2 times as many reads for the same processor time as with an append for each record
 * (`npm run bench:parts -- --only access-log`).
 */
export function createAccessLog(options: AccessLogOptions): AccessLog {
  const { append, pendingMax = 20_000, atOnce = 1, turnsMax = 2, waitMs = 5_000, isFile = false } = options;
  // A batch of ten records is worth a message to another thread, or a round trip, and a commit.
  const { enoughMin = 10 } = options;
  // In the order in which they are appended; only the last one takes more records.
  const queue: Batch[] = [];
  let underWay = 0;
  let pending = 0;
  let healthy = true;
  let failure: unknown;
  let outages = 0;
  let enough = enoughMin;
  let previous = 0;
  // The most records that were pending at once since a batch was last stored: about as many as there are callers.
  let peak = 0;

  function fail(): void {
    if (healthy) outages += 1;
    healthy = false;
  }

  function open(): Batch {
    const batch: Batch = {
      records: [],
      stored: Promise.withResolvers(),
      timer: setTimeout(() => giveUp(batch), waitMs),
    };
    batch.timer.unref();
    queue.push(batch);
    if (underWay === 0 && queue.length === 1) setImmediate(collect, batch, 0, 0);
    return batch;
  }

  function collect(batch: Batch, seen: number, turns: number): void {
    if (underWay > 0 || batch !== queue[0]) return;
    const { length } = batch.records;
    // A single caller has no one to wait for.
    const isAlone = length === 1 && previous === 1;
    if (!isAlone && length > seen && length < enough && turns < turnsMax)
      setImmediate(collect, batch, length, turns + 1);
    else handOver();
  }

  async function handOver(): Promise<void> {
    const batch = queue.shift();
    if (batch === undefined) return;
    underWay += 1;
    previous = batch.records.length;
    try {
      await append(batch.records);
      healthy = true;
      failure = undefined;
      batch.stored.resolve();
    } catch (cause) {
      fail();
      failure = cause;
      batch.stored.reject(new AuditUnavailableError({ cause }));
    }
    clearTimeout(batch.timer);
    enough = Math.max(enoughMin, Math.min(Math.floor(peak / 2), enoughMax));
    pending -= batch.records.length;
    peak = pending;
    underWay -= 1;
    const [next] = queue;
    if (next === undefined) return;
    if (next.records.length >= enough) handOver();
    else setImmediate(collect, next, 0, 0);
  }

  async function appendNow(records: readonly AuditRecord[]): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(late.reject, waitMs, new AuditUnavailableError());
    timer.unref();
    pending += records.length;
    const appended = append(records).finally(() => {
      pending -= records.length;
    });
    try {
      await Promise.race([appended, late.promise]);
      healthy = true;
      failure = undefined;
    } catch (cause) {
      fail();
      failure = cause instanceof AuditUnavailableError ? undefined : cause;
      throw cause instanceof AuditUnavailableError ? cause : new AuditUnavailableError({ cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Records whose append has begun count as pending until it returns, so that memory stays bounded. */
  function giveUp(batch: Batch): void {
    fail();
    const at = queue.indexOf(batch);
    if (at >= 0) {
      queue.splice(at, 1);
      pending -= batch.records.length;
    }
    batch.stored.reject(new AuditUnavailableError());
  }

  return {
    get healthy() {
      return healthy;
    },
    get outages() {
      return outages;
    },
    get failure() {
      return failure;
    },
    get pending() {
      return pending;
    },
    record(records) {
      if (records.length === 0) return Promise.resolve();
      if (pending + records.length > pendingMax) {
        fail();
        return Promise.reject(new AuditUnavailableError());
      }
      if (isFile) return appendNow(records);
      pending += records.length;
      peak = Math.max(peak, pending);
      const last = queue.at(-1);
      const batch = last !== undefined && last.records.length < largest ? last : open();
      for (const record of records) batch.records.push(record);
      // Records of one turn need not share a batch: the rest is prepared while these are stored.
      if (underWay < atOnce && batch === queue[0] && batch.records.length >= enough) handOver();
      return batch.stored.promise;
    },
  };
}
