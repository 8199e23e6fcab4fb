/** Answers that are stored for the idempotency keys of each user: so many bytes within so long a time. */
export interface AnswerBudget {
  /** Takes the bytes and returns 0. If the budget is used up, takes nothing and returns the time to wait in ms. */
  take(name: string, bytes: number): number;
}

/** Names that are remembered. One more makes the budget forget the oldest, so that memory is bounded. */
const namesMax = 10_000;

/** A bucket that holds `limitBytes` and refills evenly within `withinMs`. `monotonicMs` is a clock that never jumps. */
export function createAnswerBudget(limitBytes: number, withinMs: number, monotonicMs: () => number): AnswerBudget {
  const fullAt = new Map<string, number>();
  return {
    take(name, bytes) {
      const nowMs = monotonicMs();
      const fullAtMs = Math.max(fullAt.get(name) ?? nowMs, nowMs) + (bytes / limitBytes) * withinMs;
      if (fullAtMs > nowMs + withinMs) return Math.ceil(fullAtMs - nowMs - withinMs);
      const [oldest] = fullAt.size >= namesMax && !fullAt.has(name) ? fullAt.keys() : [];
      if (oldest !== undefined) fullAt.delete(oldest);
      fullAt.set(name, fullAtMs);
      return 0;
    },
  };
}
