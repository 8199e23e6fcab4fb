/** Runs at most a fixed number of tasks at a time. The others wait, and start in the order in which they came. */
export interface Lanes {
  /** How many tasks wait. */
  readonly waiting: number;
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createLanes(width: number): Lanes {
  const waiting: (() => void)[] = [];
  let free = width;
  return {
    get waiting() {
      return waiting.length;
    },
    async run(work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        // The lane goes directly to the next waiting task, so a task that arrives in the meantime cannot take it.
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}

/** The results of `work` for all items, in their order. At most `width` of the items are worked on at a time. */
export async function mapInLanes<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const lanes = createLanes(width);
  return Promise.all(items.map((item) => lanes.run(() => work(item))));
}
