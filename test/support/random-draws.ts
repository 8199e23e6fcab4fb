import fc from "fast-check";

/**
 * How many cases a random test draws: `runs`, and in `npm run test:random` `more` times as many, at least ten times.
 * RANDOM_TIMES multiplies that once more.
 */
export function randomRuns(runs: number, more = 10): number {
  const { RANDOM_TIMES: times } = process.env;
  if (more < 10) throw new RangeError("test:random draws at least ten times as many");
  return times === undefined ? runs : runs * more * Number(times);
}

/** What fast-check prints of a test that fails, `seed: …`, draws the same cases again as RANDOM_SEED. */
function seeded(): { seed?: number } {
  const { RANDOM_SEED: seed } = process.env;
  return seed === undefined ? {} : { seed: Number(seed) };
}

/**
 * Draws inputs until one breaks the property, which is made small and shown with its seed; `examples` come first. All
 * random tests draw here, so that `npm run test:random` finds them and gives them more runs. One that awaits something
 * must be awaited.
 */
export function checkRandom<Inputs>(property: fc.IAsyncProperty<Inputs>, ...amount: Amount<Inputs>): Promise<void>;
export function checkRandom<Inputs>(property: fc.IProperty<Inputs>, ...amount: Amount<Inputs>): void;
export function checkRandom<Inputs>(
  property: fc.IRawProperty<Inputs>,
  ...[runs = 100, more = 10, examples = []]: Amount<Inputs>
): Promise<void> | void {
  // The error is in the text, because a run of an hour shows what is attached to it only at its end.
  const shown = { includeErrorInReport: true, examples: [...examples] };
  return fc.assert(property, { numRuns: randomRuns(runs, more), ...shown, ...seeded() });
}

type Amount<Inputs> = [runs?: number, more?: number, examples?: readonly Inputs[]];

/** Inputs for a test that wants all of them at once: the seed is shown by nothing, so the test shows the input. */
export function sampleRandom<Input>(arbitrary: fc.Arbitrary<Input>, runs: number, more = 10): Input[] {
  return fc.sample(arbitrary, { numRuns: randomRuns(runs, more), ...seeded() });
}

/** Seeds for tests with a long history, which makes its own choices with `createRandom`. */
export const historySeeds: fc.Arbitrary<string> = fc.noShrink(fc.nat()).map(String);
