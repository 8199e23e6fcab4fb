import fc from "fast-check";

/** What is fuzzed: how inputs are made, and what must hold for each of them. */
export interface Target {
  readonly name: string;
  /** How many parts of all inputs this one gets. */
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
  /** Runs once in each round, before its inputs. */
  readonly prepare?: () => Promise<void>;
  /** Throws when something is wrong. */
  readonly check: (inputs: readonly Input[]) => void | Promise<void>;
}

/** Inputs that are checked one by one, at the same time. */
export function each<Input>(check: (input: Input) => void | Promise<void>) {
  return async (inputs: readonly Input[]): Promise<void> => {
    await Promise.all(inputs.map(async (input) => check(input)));
  };
}

const shownCharacters = 4000;

export function defineTarget<Input>(options: TargetOptions<Input>): Target {
  const { name, share, atOnce, input, prepare, check } = options;
  const batch = fc.array(input, { minLength: 1, maxLength: atOnce, size: "max" });
  return {
    name,
    share,
    async run(seed, batches, count) {
      await prepare?.();
      const property = fc.asyncProperty(batch, async (inputs) => {
        count(inputs.length);
        await check(inputs);
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
