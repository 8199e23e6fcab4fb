import fc from "fast-check";

/** What is fuzzed: how inputs are made, and what must hold for each of them. */
export interface Target {
  readonly name: string;
  /** Of all inputs, how many parts of a hundred this one gets. */
  readonly share: number;
  /** Checks some batches of inputs. `count` gets the size of each. When one fails, fast-check makes it smaller. */
  readonly run: (seed: number, batches: number, count: (inputs: number) => void) => Promise<Finding | undefined>;
}

export interface Finding {
  readonly error: string;
  /** The smallest batch that fails. */
  readonly input: string;
}

interface TargetOptions<Input> extends Pick<Target, "name" | "share"> {
  /** How many inputs are checked at the same time. */
  readonly atOnce: number;
  readonly input: fc.Arbitrary<Input>;
  /** Throws when something is wrong. */
  readonly check: (input: Input) => void | Promise<void>;
}

const shownCharacters = 4000;

export function defineTarget<Input>({ name, share, atOnce, input, check }: TargetOptions<Input>): Target {
  const batch = fc.array(input, { minLength: 1, maxLength: atOnce, size: "max" });
  return {
    name,
    share,
    async run(seed, batches, count) {
      const property = fc.asyncProperty(batch, async (inputs) => {
        count(inputs.length);
        await Promise.all(inputs.map(async (each) => check(each)));
      });
      const { failed, errorInstance, counterexample } = await fc.check(property, { seed, numRuns: batches });
      if (!failed) return undefined;
      return { error: String(errorInstance), input: fc.stringify(counterexample).slice(0, shownCharacters) };
    },
  };
}

/** Runs `work`. Anything that it throws must be one of `expected`: another error is a bug. */
export function onlyThrows(expected: readonly (abstract new (...args: never[]) => Error)[], work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!expected.some((kind) => error instanceof kind)) throw error;
  }
}
