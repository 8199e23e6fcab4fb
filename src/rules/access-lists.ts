import type { AccessLists } from "../store/secret-rows.ts";
import { type AccessListName, accessListNames, forAccessLists } from "../text/access-list-names.ts";
import { compareBytes } from "../text/byte-order.ts";
import { isOwnedBy, type Principal } from "./access.ts";

/** New lists by name. A list that is absent stays as it is. Each is sorted and without repeats. */
export type GivenLists = Readonly<Partial<Record<AccessListName, readonly string[]>>>;

/** What a save adds to one list and removes from it. */
export interface ListChange {
  readonly list: AccessListName;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Stands for a secret that does not exist: no one is in any list. */
export const noLists: AccessLists = forAccessLists(() => []);

/**
 * The lists of a new secret. The owner of one that was not made by an admin is added to every list. An admin's lists
 * stay as given: then `owner` is undefined.
 */
export function createLists(owner: string | undefined, given: GivenLists): AccessLists {
  const added = owner === undefined ? [] : [owner];
  return forAccessLists((name) => [...new Set([...(given[name] ?? []), ...added])].sort(compareBytes));
}

/**
 * The stored lists, replaced by the given ones. Owners who are not admins cannot change the membership of the owner:
 * it neither leaves a list nor returns to one.
 */
export function mergeLists(
  principal: Principal,
  stored: { readonly owner: string; readonly lists: AccessLists },
  given: GivenLists,
): AccessLists {
  const owner = !principal.admin && isOwnedBy(principal, stored) ? stored.owner : undefined;
  return forAccessLists((name) => {
    const wanted = given[name];
    const before = stored.lists[name];
    if (wanted === undefined) return before;
    if (owner === undefined || wanted.includes(owner) === before.includes(owner)) return wanted;
    return before.includes(owner) ? [...wanted, owner].sort(compareBytes) : wanted.filter((entry) => entry !== owner);
  });
}

export function listChanges(before: AccessLists, after: AccessLists): readonly ListChange[] {
  return accessListNames
    .map((list) => ({
      list,
      added: after[list].filter((entry) => !before[list].includes(entry)),
      removed: before[list].filter((entry) => !after[list].includes(entry)),
    }))
    .filter(({ added, removed }) => added.length + removed.length > 0);
}
