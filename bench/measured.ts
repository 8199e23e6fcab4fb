/** The result of some seconds of load. */
export interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The same with the time that one call in twenty exceeds. */
export interface Latencies extends Measured {
  readonly p95Ms: number;
}

/** Collects what is needed for `Measured`, call by call. */
export interface Stopwatch {
  /** Counts a call that was answered after `ms`. */
  count(ms: number): void;
  result(): Latencies;
}

/** Measures from now to the last call that is counted. */
export function startStopwatch(): Stopwatch {
  const startedAt = performance.now();
  const latencies: number[] = [];
  let lastAt = startedAt;
  return {
    count(ms) {
      latencies.push(ms);
      lastAt = performance.now();
    },
    result() {
      const sorted = Float64Array.from(latencies).sort();
      const percentile = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
      const perSecond = sorted.length / ((lastAt - startedAt) / 1000);
      return { perSecond, p50Ms: percentile(0.5), p95Ms: percentile(0.95), p99Ms: percentile(0.99) };
    },
  };
}

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
