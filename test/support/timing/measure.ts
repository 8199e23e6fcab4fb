/** Durations of one kind of call, in nanoseconds. */
export type Samples = Float64Array;

export interface Comparison {
  /**
   * Kolmogorov-Smirnov distance: the best chance, above guessing, that one call gives to distinguish the two; 0 to 1.
   */
  readonly distance: number;
  /** Difference of the medians, in nanoseconds. */
  readonly medianNs: number;
}

/**
 * Times calls of several kinds, one of each per round, in a new random order each round: whatever slows the machine
 * down hits all kinds alike. The first tenth is for warming up, and is not counted.
 */
export async function timeInterleaved<Kind extends string>(
  kinds: Readonly<Record<Kind, () => Promise<unknown> | unknown>>,
  rounds: number,
): Promise<Readonly<Record<Kind, Samples>>> {
  const entries = Object.entries(kinds) as [Kind, () => Promise<unknown> | unknown][];
  const samples = Object.fromEntries(entries.map(([kind]) => [kind, new Float64Array(rounds)])) as Record<
    Kind,
    Samples
  >;
  const warmUp = Math.ceil(rounds / 10);
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const [kind, call] of shuffled(entries)) {
      const start = performance.now();
      await call();
      const end = performance.now();
      if (round >= 0) samples[kind][round] = (end - start) * 1e6;
    }
  }
  return samples;
}

function shuffled<Item>(items: readonly Item[]): readonly Item[] {
  const mixed = [...items];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other] as Item, mixed[at] as Item];
  }
  return mixed;
}

export function compare(one: Samples, other: Samples): Comparison {
  const [a, b] = [one.toSorted(), other.toSorted()];
  return { distance: ksDistance(a, b), medianNs: Math.abs(medianOf(a) - medianOf(b)) };
}

/** The largest gap between the two distribution functions, of sorted samples. */
function ksDistance(a: Samples, b: Samples): number {
  let atA = 0;
  let atB = 0;
  let largest = 0;
  while (atA < a.length && atB < b.length) {
    const value = Math.min(a[atA] ?? 0, b[atB] ?? 0);
    while (atA < a.length && (a[atA] ?? 0) <= value) atA += 1;
    while (atB < b.length && (b[atB] ?? 0) <= value) atB += 1;
    largest = Math.max(largest, Math.abs(atA / a.length - atB / b.length));
  }
  return largest;
}

function medianOf(sorted: Samples): number {
  return sorted[sorted.length >> 1] ?? 0;
}

/** What two samples of one and the same distribution exceed by chance once in a thousand times. */
export function chanceDistance(one: Samples, other: Samples): number {
  return 1.95 * Math.sqrt((one.length + other.length) / (one.length * other.length));
}

/** One line for the report of a run. */
export function describe(name: string, { distance, medianNs }: Comparison): string {
  return `${name}: distance ${distance.toFixed(4)}, medians ${medianNs.toFixed(0)} ns apart`;
}
