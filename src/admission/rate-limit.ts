/** Allows each name a number of calls in a minute, on average, and as many at once. */
export interface RateLimit {
  /** Takes one call. 0, or how long to wait for the next one in ms; then nothing was taken. */
  take(name: string): number;
  /** As `take`, but takes nothing. */
  waitMs(name: string): number;
}

const minuteMs = 60_000;

/** Sums of fractions of a millisecond are not exact: nobody waits for what they are off. */
const roundingMs = 0.001;

/** Names that are remembered. A new one beyond that makes the oldest as good as new: memory is bounded. */
const namesMax = 10_000;

/**
 * A bucket that holds `perMinute` calls and fills evenly (GCRA: all that is kept of a name is when its bucket is full
 * again). `monotonicMs` is a clock that nobody sets.
 */
export function createRateLimit(perMinute: number, monotonicMs: () => number): RateLimit {
  const costMs = minuteMs / perMinute;
  const fullAt = new Map<string, number>();
  const stateOf = (name: string) => {
    const nowMs = monotonicMs();
    const fullAtMs = Math.max(fullAt.get(name) ?? nowMs, nowMs);
    const waitMs = fullAtMs + costMs - (nowMs + minuteMs);
    return { fullAtMs, waitMs: waitMs < roundingMs ? 0 : waitMs };
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
