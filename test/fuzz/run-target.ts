import type { Target } from "./target.ts";

export interface TargetResult {
  readonly inputs: number;
  /** What was found, with the input and how to get it again. Undefined: nothing. */
  readonly failure: string | undefined;
}

export interface RunOptions {
  readonly seed: number;
  readonly inputs: number;
  /** No new round after this time, by `performance.now()`. */
  readonly untilMs: number;
  /** Looked at after each round. Throws when something that all inputs share is wrong, such as memory. */
  readonly afterRound: () => void;
}

/** Few enough that a round takes a moment, enough that starting one costs nothing. */
const batchesOfRound = 50;

/** Checks inputs until there were as many as wanted. Round `n` has the seed `seed + n`. */
export async function runTarget(target: Target, options: RunOptions): Promise<TargetResult> {
  let inputs = 0;
  const count = (more: number) => {
    inputs += more;
  };
  for (let round = 0; inputs < options.inputs && performance.now() < options.untilMs; round += 1) {
    const seed = (options.seed + round) | 0;
    try {
      const finding = await target.run(seed, batchesOfRound, count);
      if (finding !== undefined) return { inputs, failure: `--seed ${seed}: ${finding.error}\n${finding.input}` };
      options.afterRound();
    } catch (error) {
      return { inputs, failure: `--seed ${seed}: ${String(error)}` };
    }
  }
  return { inputs, failure: undefined };
}
