import type { AccessLists } from "../store/store.ts";
import { namespaceOf } from "./key.ts";

/** Who calls. Its identities are its slug and its roles. */
export interface Principal {
  readonly tenant: string;
  readonly slug: string;
  readonly roles: readonly string[];
  /** Has every right on every secret of the tenant. */
  readonly admin: boolean;
  /** May name other tenants in identity calls. Gives no right on any secret. */
  readonly operator: boolean;
}

export const rights = ["read", "write", "delete", "change-readers", "change-writers", "change-deleters"] as const;
export type Right = (typeof rights)[number];

export const listNames = [
  "readers",
  "writers",
  "deleters",
  "canChangeReaders",
  "canChangeWriters",
  "canChangeDeleters",
] as const satisfies readonly (keyof AccessLists)[];
export type ListName = (typeof listNames)[number];

/** The list that gives each right. */
export const listOfRight = {
  read: "readers",
  write: "writers",
  delete: "deleters",
  "change-readers": "canChangeReaders",
  "change-writers": "canChangeWriters",
  "change-deleters": "canChangeDeleters",
} as const satisfies Record<Right, ListName>;

/** What the decision needs to know of a secret. */
export interface Subject {
  readonly tenant: string;
  readonly key: string;
  readonly owner: string;
  readonly lists: AccessLists;
  readonly removed: boolean;
}

/** The rule that decided; recorded in the audit log. */
export type Rule =
  | "admin"
  | "slug-listed"
  | "role-listed"
  | "not-listed"
  | "other-tenant"
  | "missing"
  | "removed"
  | "own-prefix"
  | "foreign-prefix"
  | "owner-listed"
  | "admin-only";

export interface Decision {
  readonly allowed: boolean;
  readonly rule: Rule;
}

/**
 * Whether `principal` has `right` on a secret: the one place where this is decided. Everything is denied unless a rule
 * allows it. A missing secret is `undefined`; nobody has a right on it, nor on one of another tenant. A removed secret is
 * missing, too, except to those who may create it again, see `decideCreate`.
 *
 * For anything that changes a secret or reveals a value, `subject` must come from a document that was verified.
 */
export function decide(principal: Principal, subject: Subject | undefined, right: Right): Decision {
  if (subject === undefined) return { allowed: false, rule: "missing" };
  if (subject.tenant !== principal.tenant) return { allowed: false, rule: "other-tenant" };
  if (subject.removed) return { allowed: false, rule: "removed" };
  return decideListed(principal, subject.lists[listOfRight[right]]);
}

/**
 * Whether `principal` may create `key`. `former` is the removed document that still holds the key, if any: bringing it
 * back needs the right write under its old lists.
 */
export function decideCreate(principal: Principal, key: string, former: Subject | undefined): Decision {
  if (former !== undefined) {
    if (former.tenant !== principal.tenant) return { allowed: false, rule: "other-tenant" };
    return decideListed(principal, former.lists.writers);
  }
  if (principal.admin) return { allowed: true, rule: "admin" };
  if (namespaceOf(key) === principal.slug) return { allowed: true, rule: "own-prefix" };
  return { allowed: false, rule: "foreign-prefix" };
}

/**
 * Whether `principal` may replace a list. Readers, writers and deleters need the right to change them; each of the three
 * change lists is the owner's, while the owner is in that list, and the admins'.
 */
export function decideListChange(principal: Principal, subject: Subject, list: ListName): Decision {
  if (list === "readers") return decide(principal, subject, "change-readers");
  if (list === "writers") return decide(principal, subject, "change-writers");
  if (list === "deleters") return decide(principal, subject, "change-deleters");
  if (subject.tenant !== principal.tenant) return { allowed: false, rule: "other-tenant" };
  if (subject.removed) return { allowed: false, rule: "removed" };
  if (principal.admin) return { allowed: true, rule: "admin" };
  const isOwner = subject.owner === principal.slug && subject.lists[list].includes(principal.slug);
  return isOwner ? { allowed: true, rule: "owner-listed" } : { allowed: false, rule: "not-listed" };
}

/** Whether `principal` has any right on a secret. To everybody else it does not exist. */
export function isVisible(principal: Principal, subject: Subject | undefined): boolean {
  return rights.some((right) => decide(principal, subject, right).allowed);
}

/** The names under which `principal` can be listed. */
export function identitiesOf(principal: Principal): readonly string[] {
  return [principal.slug, ...principal.roles];
}

function decideListed(principal: Principal, list: readonly string[]): Decision {
  if (principal.admin) return { allowed: true, rule: "admin" };
  if (list.includes(principal.slug)) return { allowed: true, rule: "slug-listed" };
  if (principal.roles.some((role) => list.includes(role))) return { allowed: true, rule: "role-listed" };
  return { allowed: false, rule: "not-listed" };
}
