import { isVisible, judgeRecords, judgeRemoval, judgeSave, may } from "./model-rules.ts";

/**
 * What the service promises about access and saving, written down a second time from the design with nothing but maps
 * and sets. It knows no encryption, no store and none of the service's code, so that the two can be compared.
 */

export const lists = [
  "readers",
  "writers",
  "deleters",
  "canChangeReaders",
  "canChangeWriters",
  "canChangeDeleters",
] as const;
export type List = (typeof lists)[number];

export interface Person {
  readonly tenant: string;
  readonly slug: string;
  readonly roles: readonly string[];
  readonly admin: boolean;
  /** `action:glob`; empty for a token that is not narrowed. */
  readonly can: readonly string[];
  /** The permits of the tenant, and the slugs of its users. */
  readonly permits: readonly Permit[];
  readonly slugs: readonly string[];
}

/** Lets a user or a role create what matches. */
export interface Permit {
  readonly name: string;
  readonly glob: string;
}

/** One secret of a save. A list is undefined (keep), or what it should be; "clear" empties. */
export interface Save {
  readonly key: string;
  readonly value: string | undefined;
  readonly rightChecksum: boolean;
  readonly lists: Readonly<Partial<Record<List, readonly string[] | "clear">>>;
  readonly note: string | "clear" | undefined;
  readonly owner: string | undefined;
  readonly ifVersion: number | undefined;
}

export interface Removal {
  readonly key: string;
  readonly ifVersion: number | undefined;
}

export interface Result {
  readonly key: string;
  readonly outcome: "created" | "updated" | "unchanged" | "removed" | "forbidden";
  readonly version: number;
  readonly changed: readonly string[];
  /** Such as `readers+bob`, `writers-alice`. */
  readonly entries: readonly string[];
}

/** One failing item, and what may be named as the reason. */
export interface Refusal {
  readonly index: number;
  readonly key: string;
  readonly reasons: readonly string[];
}

export type Outcome = { readonly results: readonly Result[] } | { readonly refused: readonly Refusal[] };

export interface Shown {
  readonly key: string;
  readonly version: number;
  readonly owner: string;
  readonly note: string | undefined;
  readonly lists: Readonly<Record<List, readonly string[]>>;
  readonly value: string | undefined;
}

export interface Entry {
  readonly key: string;
  readonly value: string;
  readonly version: number;
  readonly owner: string;
  readonly lists: ReadonlyMap<List, ReadonlySet<string>>;
  readonly note: string | undefined;
  readonly removed: boolean;
}

export type Verdict =
  | { readonly kind: "do"; readonly result: Result; readonly entry: Entry | undefined }
  | { readonly kind: "forbidden" | "stale" | "invalid"; readonly refusal: Refusal };

export interface Model {
  save(person: Person, saves: readonly Save[], removals: readonly Removal[], validateOnly: boolean): Outcome;
  remove(person: Person, keys: readonly string[]): Outcome;
  /** What a list shows, ordered by key: with values only what may be read, else all that is visible. */
  list(person: Person, withValues: boolean): readonly Shown[];
  /** "allowed" to users who may see the audit records of a key, or the reason why not. */
  records(person: Person, key: string): string;
}

export function createModel(): Model {
  const secrets = new Map<string, Entry>();
  const find = (person: Person, key: string) => secrets.get(`${person.tenant}:${key}`);

  function carryOut(person: Person, verdicts: readonly Verdict[]): Outcome {
    const refused = firstRefusals(verdicts);
    if (refused.length > 0) return { refused };
    for (const verdict of verdicts) {
      if (verdict.kind === "do" && verdict.entry) secrets.set(`${person.tenant}:${verdict.entry.key}`, verdict.entry);
    }
    return { results: verdicts.flatMap((verdict) => (verdict.kind === "do" ? verdict.result : [])) };
  }

  return {
    save(person, saves, removals, validateOnly) {
      const verdicts = [
        ...saves.map((save, index) => judgeSave(person, find(person, save.key), save, index)),
        ...removals.map((removal, index) => judgeRemoval(person, find(person, removal.key), removal, index)),
      ];
      return validateOnly ? planned(verdicts) : carryOut(person, verdicts);
    },
    remove(person, keys) {
      const judge = (key: string, index: number) =>
        judgeRemoval(person, find(person, key), { key, ifVersion: undefined }, index);
      return carryOut(person, keys.map(judge));
    },
    list(person, withValues) {
      const shown: Shown[] = [];
      for (const [name, entry] of secrets) {
        if (name !== `${person.tenant}:${entry.key}` || entry.removed) continue;
        if (withValues ? may(person, entry, "readers") : isVisible(person, entry)) shown.push(show(entry, withValues));
      }
      return shown.sort((a, b) => (a.key < b.key ? -1 : 1));
    },
    records: (person, key) => judgeRecords(person, key, find(person, key)),
  };
}

/** What is forbidden is reported before what is stale, and that before what is invalid; a batch is all or nothing. */
function firstRefusals(verdicts: readonly Verdict[]): readonly Refusal[] {
  for (const kind of ["forbidden", "stale", "invalid"] as const) {
    const refused = verdicts.flatMap((verdict) => (verdict.kind === kind ? verdict.refusal : []));
    if (refused.length > 0) return refused;
  }
  return [];
}

/** A plan answers what is forbidden, item by item; that something is not there remains an error. */
function planned(verdicts: readonly Verdict[]): Outcome {
  const isAnswered = (verdict: Verdict) =>
    verdict.kind === "forbidden" && !verdict.refusal.reasons.includes("NOT_FOUND");
  const refused = firstRefusals(verdicts.filter((verdict) => !isAnswered(verdict)));
  if (refused.length > 0) return { refused };
  return {
    results: verdicts.map((verdict) =>
      verdict.kind === "do"
        ? verdict.result
        : { key: verdict.refusal.key, outcome: "forbidden", version: 0, changed: [], entries: [] },
    ),
  };
}

function show(entry: Entry, withValue: boolean): Shown {
  const { key, version, owner, note } = entry;
  const namesOf = (list: List) => [...(entry.lists.get(list) ?? [])].sort();
  const shownLists = Object.fromEntries(lists.map((list) => [list, namesOf(list)])) as Record<List, string[]>;
  return { key, version, owner, note, lists: shownLists, value: withValue ? entry.value : undefined };
}
