import { createHash } from "node:crypto";

/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** From 0, below `bound`; a whole number. */
  below(bound: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** True once in `count` times. */
  oneIn(count: number): boolean;
  /** Numbers of its own: what one user of them draws does not change what another one gets. */
  fork(name: string): Random;
}

export function createRandom(seed: string): Random {
  let drawn = 0;
  const below = (bound: number) => {
    drawn += 1;
    return createHash("sha256").update(`${seed}:${drawn}`).digest().readUIntBE(0, 6) % bound;
  };
  return {
    below,
    pick: (items) => items[below(items.length)] ?? items[0],
    oneIn: (count) => below(count) === 0,
    fork: (name) => createRandom(`${seed}/${name}`),
  };
}
