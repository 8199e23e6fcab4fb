import { StoreError } from "../../store-error.ts";
import type { PrimaryWatch } from "../connect/primary-watch.ts";

/** Makes sure that a read sees everything that was acknowledged before it began, even while the primary changes. */
export interface ReadFence {
  read<Result>(work: () => Promise<Result>): Promise<Result>;
  /**
   * The same for what cannot be read a second time, such as the next event of a stream. Undefined is nothing that could
   * leave. Rejects when it must not leave.
   */
  readOnce<Result>(work: () => Promise<Result>): Promise<Result>;
  /**
   * Throws when the primary may have changed since `timeMs` of `Date.now`, the time of the record of a read: the data
   * may have come from a primary that had been replaced. Must be called when the record is stored.
   */
  requireSamePrimary(timeMs: number): void;
}

export interface ReadFenceOptions {
  readonly watch: PrimaryWatch;
  /** Writes something that a majority of the members has when it resolves. */
  readonly writeToMajority: () => Promise<unknown>;
}

/** A read fails only when the primary changes during every one of these attempts. */
const attemptsMax = 5;

/** The longest time between a read and the making of its record. */
const slackMs = 100;

/** A record is never stored later than this. A clock that was set back must not refuse reads for longer. */
const lookBackMs = 10_000;

/**
 * A newly elected primary has every acknowledged write. It shows them to reads with majority read concern only after a
 * majority also has a write that this primary made. A former primary may not know yet that it was replaced: the replies
 * of a primary count only if their records could be stored while it was the primary.
 */
export function createReadFence({ watch, writeToMajority }: ReadFenceOptions): ReadFence {
  let settledTerm = -1;
  let settling: Promise<void> | undefined;

  async function settle(): Promise<void> {
    const { term } = watch;
    try {
      await writeToMajority();
      if (term === watch.term) settledTerm = term;
    } finally {
      settling = undefined;
    }
  }

  return {
    async read(work) {
      for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
        if (settledTerm !== watch.term) {
          settling ??= settle();
          await settling;
          if (settledTerm !== watch.term) continue;
        }
        const { term } = watch;
        const result = await work();
        if (term === watch.term) return result;
      }
      throw new StoreError("unavailable", "the primary of MongoDB keeps changing");
    },
    // What a majority has stays true, and each watcher is sent it in its order.
    readOnce: (work) => work(),
    requireSamePrimary(timeMs) {
      const sinceChangeMs = performance.now() - watch.changedAtMs;
      if (sinceChangeMs > lookBackMs || timeMs > Date.now() - sinceChangeMs + slackMs) return;
      throw new StoreError("unavailable", "the primary of MongoDB changed in the middle of a read");
    },
  };
}
