import { compareBytes } from "../../src/text/byte-order.ts";
/**
 * A right of one user that a planned save would give or take, as the service counts it: roles expanded, other ways
 * seen.
 */
export interface AccessChange {
  readonly slug: string;
  readonly right: string;
  readonly gains: boolean;
  /** The list entry that gives the right, when that is a role. */
  readonly through: string;
  /** When a user who loses the right to read has last read the value, in ms since 1970. */
  readonly lastReadMs: number | undefined;
}

/** What one person gains, or loses: one line of "What will change". */
export interface Gain {
  readonly slug: string;
  readonly gains: boolean;
  readonly rights: readonly string[];
  readonly through: readonly string[];
  readonly lastReadMs: number | undefined;
}

const order = ["read", "write", "delete", "change-readers", "change-writers", "change-deleters"];

/**
 * One line for each person and direction: first what is gained, because it cannot be taken back once a value was read.
 */
export function gainsOf(changes: readonly AccessChange[]): readonly Gain[] {
  const lines = new Map<string, AccessChange[]>();
  for (const change of changes) {
    const id = `${change.gains ? 0 : 1} ${change.slug}`;
    lines.set(id, [...(lines.get(id) ?? []), change]);
  }
  return [...lines].sort(([a], [b]) => compareBytes(a, b)).map(([, same]) => lineOf(same));
}

function lineOf(changes: readonly AccessChange[]): Gain {
  const [first] = changes;
  const rights = [...new Set(changes.map(({ right }) => right))];
  return {
    slug: first?.slug ?? "",
    gains: first?.gains ?? false,
    rights: rights.sort((a, b) => order.indexOf(a) - order.indexOf(b)),
    through: [...new Set(changes.map(({ through }) => through).filter((name) => name !== ""))].sort(compareBytes),
    lastReadMs: changes.find(({ lastReadMs }) => lastReadMs !== undefined)?.lastReadMs,
  };
}

const rightWords: Readonly<Record<string, string>> = {
  "change-readers": "change readers",
  "change-writers": "change writers",
  "change-deleters": "change deleters",
};

/** Rights as a person reads them: "read, write and change readers". */
export function rightsInWords(rights: readonly string[]): string {
  return joinWords(rights.map((right) => rightWords[right] ?? right));
}

/** The first names, two unless said otherwise, and how many others: "checkout-svc, erin and 1 more". */
export function fewInWords(names: readonly string[], shown = 2): string {
  const more = names.length - shown;
  return joinWords([...names.slice(0, shown), ...(more > 0 ? [`${more} more`] : [])]);
}

export function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
