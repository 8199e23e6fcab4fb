/** How long a loop runs before other work gets its turn: a fraction of the 50 ms that one call may hold up all others. */
const sliceMs = 10;

/** To be awaited between the steps of a long loop. Mostly it does nothing. */
export function createPauses(): () => Promise<void> {
  let startedAtMs = performance.now();
  return async () => {
    if (performance.now() - startedAtMs <= sliceMs) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    startedAtMs = performance.now();
  };
}

/** The results of `work` for all items, in their order. Other work gets its turn when that takes long. */
export async function mapInSlices<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  let startedAtMs = performance.now();
  for (const item of items) {
    if (performance.now() - startedAtMs > sliceMs) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      startedAtMs = performance.now();
    }
    results.push(work(item));
  }
  return results;
}
