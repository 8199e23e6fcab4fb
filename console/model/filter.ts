import { globMatches } from "../../src/text/glob.ts";

/** What a search looks at: key, owner and metadata, as the `text` of ListSecrets does. Never a value. */
export interface Searched {
  readonly key: string;
  readonly owner: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A part of a key that the search has found, as offsets. */
export type Range = readonly [from: number, to: number];

export interface Match {
  /** Parts of the key to mark, in order, without overlaps. Empty when only owner or metadata match. */
  readonly ranges: readonly Range[];
  /** What matched apart from the key, such as `issuer: stripe.com`. */
  readonly via: string | undefined;
}

/** A secret in small letters, so that looking through thousands of them takes no time. */
export interface Searchable {
  readonly key: string;
  /** Owner, and names and values of metadata, in lines. */
  readonly more: string;
}

export function searchableOf({ key, owner, metadata }: Searched): Searchable {
  return { key: key.toLowerCase(), more: [owner, ...Object.entries(metadata).flat()].join("\n").toLowerCase() };
}

/** The words of a search, in small letters. */
export function wordsOf(query: string): readonly string[] {
  return query
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
}

/** Whether each word of a search is in one of the texts. Upper and lower case are the same. */
export function hasWords(query: string, texts: readonly string[]): boolean {
  const lines = texts.join("\n").toLowerCase();
  return wordsOf(query).every((word) => lines.includes(word));
}

/** Whether all words are found. Says the same as `matchSecret`, and costs a tenth. */
export function matchesAll(words: readonly string[], { key, more }: Searchable): boolean {
  return words.every((word) =>
    word.includes("*") ? globMatches(word, key) : key.includes(word) || more.includes(word),
  );
}

/** Whether what the later query finds is a part of what the earlier one has found. */
export function isNarrower(later: string, earlier: string): boolean {
  return later.startsWith(earlier) && !later.includes("*");
}

/**
 * Whether a secret matches, and where. Upper and lower case are the same. Of several words, each must be found
 * somewhere. A text with `*` must match the key as a whole.
 */
export function matchSecret(query: string, secret: Searched): Match | undefined {
  const key = secret.key.toLowerCase();
  const ranges: Range[] = [];
  let via: string | undefined;
  for (const word of wordsOf(query)) {
    if (word.includes("*")) {
      if (!globMatches(word, key)) return undefined;
      continue;
    }
    const at = key.lastIndexOf(word);
    if (at >= 0) {
      ranges.push([at, at + word.length]);
      continue;
    }
    const found = findElsewhere(word, secret);
    if (found === undefined) return undefined;
    via ??= found;
  }
  return { ranges: joined(ranges), via };
}

function findElsewhere(word: string, { owner, metadata }: Searched): string | undefined {
  for (const [name, value] of Object.entries(metadata)) {
    if (name.toLowerCase().includes(word) || value.toLowerCase().includes(word)) return `${name}: ${value}`;
  }
  return owner.toLowerCase().includes(word) ? `owner: ${owner}` : undefined;
}

function joined(ranges: readonly Range[]): readonly Range[] {
  const result: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}
