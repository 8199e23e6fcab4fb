import { type AccessListName, accessListNames, forAccessLists } from "../../src/text/access-list-names.ts";
import { compareBytes } from "../../src/text/byte-order.ts";

/** The six access lists of a secret, by name. */
export type Lists = Readonly<Record<AccessListName, readonly string[]>>;

/** What the access lists and the metadata of a secret are, or would be after a save. */
export interface Draft {
  readonly lists: Lists;
  readonly metadata: Metadata;
}

/** Pairs in the order in which they are shown. Names are unique in what is stored, not in what is being typed. */
export type Metadata = readonly (readonly [name: string, value: string])[];

export const noLists: Lists = forAccessLists(() => []);

/** The draft that begins with a secret as it is. Metadata is sorted by name. */
export function draftOf(secret: Lists & { readonly metadata: Readonly<Record<string, string>> }): Draft {
  return {
    lists: forAccessLists((name) => secret[name].toSorted(compareBytes)),
    metadata: Object.entries(secret.metadata).sort(([a], [b]) => compareBytes(a, b)),
  };
}

/** Adds a name to one list, or takes it out. Lists are sorted and hold each name once. */
export function withName(lists: Lists, list: AccessListName, name: string, isIn: boolean): Lists {
  const rest = lists[list].filter((other) => other !== name);
  return { ...lists, [list]: isIn ? [...rest, name].sort(compareBytes) : rest };
}

/** Adds names to the readers. */
export function withReaders(lists: Lists, names: readonly string[]): Lists {
  return names.reduce((all, name) => withName(all, "readers", name, true), lists);
}

/** Every name that is in any of the lists, sorted. */
export function namesIn(...several: readonly Lists[]): readonly string[] {
  const names = new Set(several.flatMap((lists) => accessListNames.flatMap((list) => lists[list])));
  return [...names].sort(compareBytes);
}

export function sameNames(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  const names = new Set(one);
  return other.every((name) => names.has(name));
}
