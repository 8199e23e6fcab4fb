import { type AccessListName, accessListNames } from "../../src/text/access-list-names.ts";
import { compareBytes } from "../../src/text/byte-order.ts";
import { type Lists, namesIn } from "./lists.ts";
import type { Viewer } from "./rights.ts";

/** What the page knows of a name: whether it is a person or a role, and who has the role. */
export interface Name {
  readonly name: string;
  readonly kind: "user" | "role" | "unknown";
  /** The users who have the role. Empty when they are not shown to the viewer. */
  readonly members: readonly string[];
  readonly isAdmin: boolean;
}

export type Names = ReadonlyMap<string, Name>;

export interface GridRow extends Name {
  /** The roles in any list that this person has. */
  readonly roles: readonly string[];
  readonly cells: readonly GridCell[];
}

export interface GridCell {
  readonly list: AccessListName;
  readonly isIn: boolean;
  /** What also gives a person the right, without their name in the list: "admin", or a role of theirs that is in it. */
  readonly through: string | undefined;
  /** Whether a role that is in the list gives the right to this person is not shown to the viewer. */
  readonly isUnknown: boolean;
  /** Whether the name enters the list, or leaves it. */
  readonly change: "added" | "removed" | "none";
  /** What a role that enters or leaves the list does to a person whose own name does neither. */
  readonly effect: "gained" | "lost" | "none";
}

/**
 * One row for each name in any list, roles first. Names that were taken out of all lists stay, so they can be put back;
 * so do those of `added`, which were not in a list before.
 */
export function gridOf(
  stored: Lists,
  edited: Lists,
  names: Names,
  added: ReadonlySet<string> = new Set(),
  viewer?: Pick<Viewer, "slug" | "admin">,
): readonly GridRow[] {
  const rows = [...new Set([...namesIn(stored, edited), ...added])].map((name): GridRow => {
    const known = names.get(name) ?? { name, kind: "unknown" as const, members: [], isAdmin: false };
    // The roles of all users are shown to admins, one's own to everyone. No role has another role.
    const seesRoles = viewer === undefined || viewer.admin || viewer.slug === name || known.kind === "role";
    const hasRole = (other: string) => names.get(other)?.members.includes(name) === true;
    const cells = accessListNames.map((list) => {
      const cell = cellOf(name, list, stored, edited);
      const [was, through] = [stored, edited].map((lists) => (known.isAdmin ? "admin" : lists[list].find(hasRole)));
      const mayBeRole = edited[list].some((other) => other !== name && names.get(other)?.kind !== "user");
      const isUnknown = !seesRoles && !cell.isIn && through === undefined && mayBeRole;
      return { ...cell, through, isUnknown, effect: effectOf(cell, was, through) };
    });
    return { ...known, roles: namesIn(edited).filter(hasRole), cells };
  });
  const order = { role: 0, user: 1, unknown: 1 } as const;
  return rows.sort((a, b) => order[a.kind] - order[b.kind] || compareBytes(a.name, b.name));
}

function cellOf(
  name: string,
  list: AccessListName,
  stored: Lists,
  edited: Lists,
): Omit<GridCell, "through" | "isUnknown" | "effect"> {
  const [was, isIn] = [stored[list].includes(name), edited[list].includes(name)];
  return { list, isIn, change: was === isIn ? "none" : isIn ? "added" : "removed" };
}

function effectOf(
  { isIn, change }: Pick<GridCell, "isIn" | "change">,
  was: string | undefined,
  is: string | undefined,
): GridCell["effect"] {
  if (isIn || change !== "none" || (was === undefined) === (is === undefined)) return "none";
  return is === undefined ? "lost" : "gained";
}

export interface Column {
  readonly list: AccessListName;
  /** Under its head; the last three are in a group. */
  readonly title: string;
  /** Where it has no head. */
  readonly short: string;
  readonly about: string;
}

export const columns: readonly Column[] = [
  { list: "readers", title: "Read", short: "Read", about: "may read the value" },
  { list: "writers", title: "Write", short: "Write", about: "may change the value and the metadata" },
  { list: "deleters", title: "Delete", short: "Delete", about: "may remove the secret" },
  { list: "canChangeReaders", title: "Readers", short: "Change readers", about: "may change who reads" },
  { list: "canChangeWriters", title: "Writers", short: "Change writers", about: "may change who writes" },
  { list: "canChangeDeleters", title: "Deleters", short: "Change deleters", about: "may change who deletes" },
];
