import type { Place } from "./places.ts";

/** A sequence of numbers from 0 up to 1 that only depends on the seed (mulberry32). */
export function numbersOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Different places, chosen by the seed. */
export function choosePlaces(all: readonly Place[], count: number, seed: number): Place[] {
  const next = numbersOf(seed);
  const left = [...all];
  const chosen: Place[] = [];
  while (chosen.length < count && left.length > 0) chosen.push(...left.splice(Math.floor(next() * left.length), 1));
  return chosen;
}
