import { StoreError } from "../../store-error.ts";
import type { PrimaryWatch } from "../connect/primary-watch.ts";

/** Keeps reads from being older than what was acknowledged before they began, also while primaries change. */
export interface ReadFence {
  read<Result>(work: () => Promise<Result>): Promise<Result>;
  /**
   * Throws when the primary may have changed since `timeMs` of the clock of `Date.now`, when what was read was recorded:
   * it may have come from one that had been replaced. To be called when the record is stored.
   */
  requireSamePrimary(timeMs: number): void;
}

export interface ReadFenceOptions {
  readonly watch: PrimaryWatch;
  /** Writes something that most members have when it resolves. */
  readonly writeToMost: () => Promise<void>;
}

/** Only one election after the other makes a read fail. */
const attemptsMax = 5;

/** Between a read and the making of its record. */
const slackMs = 100;

/** A record is never stored later than this; a clock that was set back must not refuse reads for longer. */
const lookBackMs = 10_000;

/**
 * A primary that was just elected has everything that was acknowledged, but does not show it to reads of what most members
 * have before it has written something of its own that they have, too. A primary that was replaced may not know it yet:
 * whatever it still answers counts only if its records could be stored while it was the one.
 */
export function createReadFence({ watch, writeToMost }: ReadFenceOptions): ReadFence {
  let settledTerm = -1;
  let settling: Promise<void> | undefined;

  async function settle(): Promise<void> {
    const { term } = watch;
    try {
      await writeToMost();
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
    requireSamePrimary(timeMs) {
      const sinceChangeMs = performance.now() - watch.changedAtMs;
      if (sinceChangeMs > lookBackMs || timeMs > Date.now() - sinceChangeMs + slackMs) return;
      throw new StoreError("unavailable", "the primary of MongoDB changed in the middle of a read");
    },
  };
}
