/** Allows each name an average number of calls per minute, or other time, and the same number as a burst. */
export interface RateLimit {
  /** Takes one call and returns 0. If the limit is reached, takes nothing and returns the time to wait in ms. */
  take(name: string): number;
  /** Like `take`, but takes nothing. */
  waitMs(name: string): number;
}

const minuteMs = 60_000;

/** Sums of fractions of a millisecond are not exact. No caller waits for the rounding error. */
const roundingMs = 0.001;

/** Names that are remembered. One more makes the limit forget the oldest, so that memory is bounded. */
const namesMax = 10_000;

/**
 * A bucket that holds `calls` and refills evenly within `windowMs`, by default a minute. Uses GCRA: the only state of a
 * name is the time when its bucket is full again. `monotonicMs` is a clock that never jumps.
 */
export function createRateLimit(calls: number, monotonicMs: () => number, windowMs = minuteMs): RateLimit {
  const costMs = windowMs / calls;
  const fullAt = new Map<string, number>();
  const stateOf = (name: string) => {
    const nowMs = monotonicMs();
    const fullAtMs = Math.max(fullAt.get(name) ?? nowMs, nowMs);
    const waitMs = fullAtMs + costMs - (nowMs + windowMs);
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
