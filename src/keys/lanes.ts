/** Runs work with at most so many in flight; what waits is started in the order it came. */
export interface Lanes {
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** Lanes for at most `width` pieces of work at a time. */
export function createLanes(width: number): Lanes {
  const waiting: (() => void)[] = [];
  let free = width;
  return {
    async run(work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        // The lane goes to the next one directly: nobody who comes meanwhile can take it.
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}

/** The results of `work` for all items, in their order, with at most `width` of this batch under way at a time. */
export async function mapInLanes<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const lanes = createLanes(width);
  return Promise.all(items.map((item) => lanes.run(() => work(item))));
}
