// The six access lists of a secret. The contract's fields, YAML files, stored rows, rights and the options of `oo` take
// their names and their order from this one table.
const table = [
  { list: "readers", right: "read", changers: "canChangeReaders", about: "who may read the value" },
  {
    list: "writers",
    right: "write",
    changers: "canChangeWriters",
    about: "who may change the value and the metadata",
  },
  { list: "deleters", right: "delete", changers: "canChangeDeleters", about: "who may remove the secret" },
  {
    list: "canChangeReaders",
    right: "change-readers",
    changers: "canChangeReaders",
    about: "who may change the readers",
  },
  {
    list: "canChangeWriters",
    right: "change-writers",
    changers: "canChangeWriters",
    about: "who may change the writers",
  },
  {
    list: "canChangeDeleters",
    right: "change-deleters",
    changers: "canChangeDeleters",
    about: "who may change the deleters",
  },
] as const;

export type AccessListName = (typeof table)[number]["list"];

/** What a list allows its members to do. */
export type Right = (typeof table)[number]["right"];

/** In the order of files, messages and stored rows. */
export const accessListNames: readonly AccessListName[] = table.map(({ list }) => list);

export const rights: readonly Right[] = table.map(({ right }) => right);

/** One result for each list, made in the order of the lists. */
export function forAccessLists<T>(make: (list: AccessListName, index: number) => T): Record<AccessListName, T> {
  return {
    readers: make("readers", 0),
    writers: make("writers", 1),
    deleters: make("deleters", 2),
    canChangeReaders: make("canChangeReaders", 3),
    canChangeWriters: make("canChangeWriters", 4),
    canChangeDeleters: make("canChangeDeleters", 5),
  };
}

/** The list that gives a right; undefined for a word that is not a right of a list, such as `create`. */
export function listOf(right: string): AccessListName | undefined {
  return table.find((row) => row.right === right)?.list;
}

export const listOfRight = Object.fromEntries(table.map(({ right, list }) => [right, list])) as Readonly<
  Record<Right, AccessListName>
>;

export const rightOfList = Object.fromEntries(table.map(({ right, list }) => [list, right])) as Readonly<
  Record<AccessListName, Right>
>;

/** The list that says who may change a list. A `canChange` list also says who may change itself. */
export const changersOf: Readonly<Record<AccessListName, AccessListName>> = forAccessLists(
  (_, index) => table[index]?.changers ?? "canChangeReaders",
);

/** Each list as a command-line option: its flag in kebab case, and who belongs in the list. */
export const accessListOptions: readonly {
  readonly list: AccessListName;
  readonly flag: string;
  readonly about: string;
}[] = table.map(({ list, about }) => ({
  list,
  flag: `--${list.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  about,
}));
