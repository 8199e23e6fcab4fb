import {
  type AccessListName,
  rights as allRights,
  changersOf,
  listOfRight,
  type Right,
} from "../../src/text/access-list-names.ts";
import type { Lists } from "./lists.ts";

/** The person who looks at the page, as far as rights go. */
export interface Viewer {
  readonly slug: string;
  readonly roles: readonly string[];
  readonly admin: boolean;
  /** Whether the session is narrowed by grants. */
  readonly isNarrowed: boolean;
}

/** What a secret says about the rights of the viewer. The service decides; the page only shows it. */
export interface Subject {
  readonly key: string;
  readonly owner: string;
  /** The rights of the viewer in this session, as the service counts them. */
  readonly rights: readonly string[];
}

const verbs: Readonly<Record<Right, string>> = {
  read: "read it",
  write: "change it",
  delete: "remove it",
  "change-readers": "change its readers",
  "change-writers": "change its writers",
  "change-deleters": "change its deleters",
};

export function may(subject: Pick<Subject, "rights">, right: Right): boolean {
  return subject.rights.includes(right);
}

/** Whether the viewer may replace a list. The service also demands this of the three lists of who may change lists. */
export function mayChangeList(subject: Subject & Lists, list: AccessListName, viewer: Viewer): boolean {
  if (changersOf[list] !== list) return may(subject, rightToChange[list]);
  if (viewer.admin) return !viewer.isNarrowed || may(subject, listRight(list));
  return subject.owner === viewer.slug && subject[list].includes(viewer.slug) && may(subject, listRight(list));
}

const rightToChange: Readonly<Record<AccessListName, Right>> = {
  readers: "change-readers",
  writers: "change-writers",
  deleters: "change-deleters",
  canChangeReaders: "change-readers",
  canChangeWriters: "change-writers",
  canChangeDeleters: "change-deleters",
};

function listRight(list: AccessListName): Right {
  return rightToChange[list];
}

/** Whether the viewer may change anything that the editor shows. */
export function mayEdit(subject: Subject): boolean {
  return ["write", "change-readers", "change-writers", "change-deleters"].some((right) =>
    subject.rights.includes(right),
  );
}

/** Why a button cannot be used, and what would help. Undefined when the viewer has the right. */
export function whyNot(subject: Subject, right: Right, viewer: Viewer): string | undefined {
  if (may(subject, right)) return undefined;
  const has = allRights.find((other) => may(subject, other));
  const start = has === undefined ? `You may not ${verbs[right]}` : `You may ${verbs[has]} but not ${verbs[right]}`;
  if (viewer.isNarrowed && viewer.admin) return `${start}: this session is narrowed. Sign in without limits to do it.`;
  const names = viewer.roles.length === 0 ? `${viewer.slug} is not` : `neither ${viewer.slug} nor a role of yours is`;
  const narrowed = viewer.isNarrowed ? ", or this session is narrowed" : "";
  return `${start}: ${names} in ${listOfRight[right]}${narrowed}. ${whomToAsk(subject.owner, viewer.slug)}`;
}

function whomToAsk(owner: string, slug: string): string {
  return owner === "" || owner === slug ? "Ask an admin." : `Ask ${owner} (owner) or an admin.`;
}
