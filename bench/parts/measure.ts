import { median } from "../measured.ts";
import type { Comparison, Spent } from "./part.ts";

/** What a part buys. */
export interface Bought {
  /** Microseconds of processor time for a call. */
  readonly withMicros: number;
  readonly withoutMicros: number;
  /** How many times the calls for the same processor time: the median of the rounds. */
  readonly cpuRatio: number;
  /** How many times the calls in the same time: the median of the rounds. */
  readonly speedRatio: number;
}

/**
 * Measures both ways in turns, because the speed of shared machines drifts. Which one is first changes with each round.
 */
export async function measure(comparison: Comparison, pace: { rounds: number; seconds: number }): Promise<Bought> {
  const ways = [comparison.with, comparison.without];
  for (const way of ways) await way(comparison.warmUpSeconds ?? 0.5);
  const spent: [Spent[], Spent[]] = [[], []];
  for (let round = 0; round < pace.rounds; round += 1) {
    for (const at of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const one = await ways[at]?.(pace.seconds);
      if (one !== undefined) spent[at].push(one);
    }
  }
  const [withPart, without] = spent;
  return {
    withMicros: median(withPart.map(microsOf)),
    withoutMicros: median(without.map(microsOf)),
    cpuRatio: ratio(without, withPart, microsOf),
    speedRatio: ratio(withPart, without, ({ calls, wallSeconds }) => calls / wallSeconds),
  };
}

function microsOf({ calls, cpuSeconds }: Spent): number {
  return (cpuSeconds / calls) * 1e6;
}

function ratio(above: readonly Spent[], below: readonly Spent[], numberOf: (spent: Spent) => number): number {
  return median(
    above.map((one, round) => {
      const other = below[round];
      return other === undefined ? Number.NaN : numberOf(one) / numberOf(other);
    }),
  );
}
