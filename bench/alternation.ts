import { type Measured, median } from "./measured.ts";

export interface Contender {
  readonly name: string;
  load(seconds: number): Promise<Measured>;
}

export interface Pace {
  readonly rounds: number;
  /** Whole seconds of load, for each contender in each round. */
  readonly seconds: number;
  /**
   * Seconds of load for each contender beforehand. 2 unless given: after that V8 has compiled the code on a fast
   * machine.
   */
  readonly warmUpSeconds?: number;
}

/** The results of one contender, round by round. */
export interface Samples {
  readonly name: string;
  readonly rounds: readonly Measured[];
}

/**
 * Loads one contender after the other, round after round, because the speed of shared machines drifts. Each is warmed
 * up first. The order rotates with each round, because work that a database still does for one contender slows down the
 * next.
 */
export async function alternate(contenders: readonly Contender[], pace: Pace): Promise<readonly Samples[]> {
  for (const contender of contenders) await contender.load(pace.warmUpSeconds ?? 2);
  const samples = contenders.map(({ name }) => ({ name, rounds: [] as Measured[] }));
  for (let round = 0; round < pace.rounds; round += 1) {
    for (let place = 0; place < contenders.length; place += 1) {
      const at = (round + place) % contenders.length;
      const measured = await contenders[at]?.load(pace.seconds);
      if (measured !== undefined) samples[at]?.rounds.push(measured);
    }
  }
  return samples;
}

/** The median of each number. */
export function mediansOf({ rounds }: Samples): Measured {
  return {
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
  };
}

/** The median ratio of a round: calls per second of `ours` over those of `other`. */
export function ratioOf(ours: Samples, other: Samples): number {
  return median(ours.rounds.map(({ perSecond }, round) => perSecond / (other.rounds[round]?.perSecond ?? Number.NaN)));
}
