import { type AccessListName, accessListNames } from "../../src/text/access-list-names.ts";
import { compareBytes } from "../../src/text/byte-order.ts";
import type { Draft } from "./lists.ts";

/** A pair of metadata that differs. Without a text: the pair is not there. */
export interface PairDifference {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface ListDifference {
  readonly list: AccessListName;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface Differences {
  readonly pairs: readonly PairDifference[];
  readonly lists: readonly ListDifference[];
}

/** What another person changed between two versions, apart from the value: that is never shown. */
export function differencesOf(before: Draft, after: Draft): Differences {
  const [was, is] = [new Map(before.metadata), new Map(after.metadata)];
  const names = [...new Set([...was.keys(), ...is.keys()])].sort(compareBytes);
  return {
    pairs: names
      .map((name) => ({ name, before: was.get(name), after: is.get(name) }))
      .filter((pair) => pair.before !== pair.after),
    lists: accessListNames
      .map((list) => ({
        list,
        added: after.lists[list].filter((name) => !before.lists[list].includes(name)),
        removed: before.lists[list].filter((name) => !after.lists[list].includes(name)),
      }))
      .filter(({ added, removed }) => added.length + removed.length > 0),
  };
}
