import { createTurns } from "./turns.ts";

/**
 * How long a loop runs before other work gets its turn: a fraction of the 50 ms that one call may hold up all others.
 */
const sliceMs = 10;

/**
 * Of all loops: if each went on in the next turn of the event loop, ten of them together would make one of a tenth of a
 * second.
 */
const slices = createTurns();
const nextSlice = () => new Promise<void>((resolve) => slices.run(resolve));

/** To be awaited between the steps of a long loop. Mostly it does nothing. */
export function createPauses(): () => Promise<void> {
  let startedAtMs = performance.now();
  return async () => {
    if (performance.now() - startedAtMs <= sliceMs) return;
    await nextSlice();
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
      await nextSlice();
      startedAtMs = performance.now();
    }
    results.push(work(item));
  }
  return results;
}
