import type { AccessLists } from "../store/secret-rows.ts";
import { type AccessListName, accessListNames, forAccessLists } from "../text/access-list-names.ts";
import { compareBytes } from "../text/byte-order.ts";
import type { Principal } from "./access.ts";

/** New lists by name; what is absent stays as it is. Each is sorted and without repeats. */
export type GivenLists = Readonly<Partial<Record<AccessListName, readonly string[]>>>;

export interface ListChange {
  readonly list: AccessListName;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export const noLists: AccessLists = forAccessLists(() => []);

/** A non-admin who creates enters every list; an admin's lists are what was asked for. */
export function createLists(principal: Principal, given: GivenLists): AccessLists {
  const creator = principal.admin ? [] : [principal.slug];
  return forAccessLists((name) => [...new Set([...(given[name] ?? []), ...creator])].sort(compareBytes));
}

/**
 * The stored lists with the given ones in their place. A non-admin owner keeps his own place in each as it is: he neither
 * drops out nor comes back.
 */
export function mergeLists(
  principal: Principal,
  stored: { readonly owner: string; readonly lists: AccessLists },
  given: GivenLists,
): AccessLists {
  const owner = !principal.admin && stored.owner === principal.slug ? stored.owner : undefined;
  return forAccessLists((name) => {
    const wanted = given[name];
    const before = stored.lists[name];
    if (wanted === undefined) return before;
    if (owner === undefined || wanted.includes(owner) === before.includes(owner)) return wanted;
    return before.includes(owner) ? [...wanted, owner].sort(compareBytes) : wanted.filter((entry) => entry !== owner);
  });
}

/** What differs between two states of the lists, list by list. */
export function listChanges(before: AccessLists, after: AccessLists): readonly ListChange[] {
  return accessListNames
    .map((list) => ({
      list,
      added: after[list].filter((entry) => !before[list].includes(entry)),
      removed: before[list].filter((entry) => !after[list].includes(entry)),
    }))
    .filter(({ added, removed }) => added.length + removed.length > 0);
}
