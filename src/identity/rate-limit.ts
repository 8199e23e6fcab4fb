/** Allows each name a number of calls in a minute, on average, and as many at once. */
export interface RateLimit {
  /** Takes one call. 0, or how long to wait for the next one in ms; then nothing was taken. */
  take(name: string): number;
  /** As `take`, but takes nothing. */
  waitMs(name: string): number;
}

const minuteMs = 60_000;

/** Names that are remembered. A new one beyond that makes the oldest as good as new: memory is bounded. */
const namesMax = 10_000;

/** A bucket that holds `perMinute` calls and fills evenly (GCRA: all that is kept of a name is when its bucket is full again). */
export function createRateLimit(perMinute: number, now: () => number): RateLimit {
  const costMs = minuteMs / perMinute;
  const fullAt = new Map<string, number>();
  const stateOf = (name: string) => {
    const nowMs = now();
    const kept = fullAt.get(name) ?? 0;
    // One that could not even be that empty was written before the clock was set back: nobody is shut out for that.
    const fullAtMs = kept > nowMs + minuteMs ? nowMs : Math.max(kept, nowMs);
    return { fullAtMs, waitMs: Math.max(0, fullAtMs + costMs - (nowMs + minuteMs)) };
  };
  return {
    take(name) {
      const { fullAtMs, waitMs } = stateOf(name);
      if (waitMs > 0) return waitMs;
      if (!fullAt.has(name) && fullAt.size >= namesMax) {
        const [oldest] = fullAt.keys();
        if (oldest !== undefined) fullAt.delete(oldest);
      }
      fullAt.set(name, fullAtMs + costMs);
      return 0;
    },
    waitMs: (name) => stateOf(name).waitMs,
  };
}
