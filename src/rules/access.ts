import type { AccessLists } from "../store/secret-rows.ts";
import { type AccessListName, listOfRight, type Right, rights } from "../text/access-list-names.ts";
import { findGrant, type GrantAction, type Grants } from "./grants.ts";
import { type Permit, type Permits, permitsOn } from "./permits.ts";
import { namespaceOf } from "./secret-key.ts";

/** The caller. Its identities are its slug and its roles. */
export interface Principal {
  readonly tenant: string;
  readonly slug: string;
  readonly roles: readonly string[];
  /** Has every right on every secret of the tenant. */
  readonly admin: boolean;
  /**
   * May name other tenants in identity calls, and manage the service: keys, audit verification, security findings.
   * Gives no right on any secret. Never set when the token is narrowed.
   */
  readonly operator: boolean;
  /** What the token is narrowed to; empty when it is not. Grants take rights away and never add one. */
  readonly grants: Grants;
  /** What it may create outside its own slug. Absent where that decides nothing, see `withPermits`. */
  readonly permits?: Permits;
}

/** What a narrowed token must be granted to use each right. */
export const grantOfRight = {
  read: "read",
  write: "save-value",
  delete: "remove",
  "change-readers": "save-lists",
  "change-writers": "save-lists",
  "change-deleters": "save-lists",
} as const satisfies Record<Right, GrantAction>;

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
  | "permit"
  | "foreign-prefix"
  | "owner-listed"
  | "admin-only"
  | "not-granted";

export interface Decision {
  readonly allowed: boolean;
  readonly rule: Rule;
  /** With the rule `permit`: the one that decided. */
  readonly permit?: Permit;
}

/**
 * Whether `principal` has `right` on a secret. This is the only place that decides it. Everything is denied unless a
 * rule allows it. A missing secret is `undefined`: no one has a right on it, nor on a secret of another tenant. A
 * removed secret is treated as missing, except for those who may create it again, see `decideCreate`.
 *
 * For anything that changes a secret or reveals a value, `subject` must come from a verified document.
 */
export function decide(principal: Principal, subject: Subject | undefined, right: Right): Decision {
  if (subject === undefined) return { allowed: false, rule: "missing" };
  if (subject.tenant !== principal.tenant) return { allowed: false, rule: "other-tenant" };
  if (subject.removed) return { allowed: false, rule: "removed" };
  const decision = decideListed(principal, subject.lists[listOfRight[right]]);
  return narrowed(principal, subject.key, [grantOfRight[right]], decision);
}

/**
 * Whether `principal` may create `key`, with value, metadata and lists. `former` is the removed document that still has
 * the key, if any. Bringing it back needs the right "write" under its old lists.
 */
export function decideCreate(principal: Principal, key: string, former: Subject | undefined): Decision {
  if (former !== undefined) {
    if (former.tenant !== principal.tenant) return { allowed: false, rule: "other-tenant" };
    return narrowed(principal, key, ["create"], decideListed(principal, former.lists.writers));
  }
  if (principal.admin) return narrowed(principal, key, ["create"], { allowed: true, rule: "admin" });
  if (namespaceOf(key) === principal.slug) {
    return narrowed(principal, key, ["create"], { allowed: true, rule: "own-prefix" });
  }
  const [permit] = permitsOn(principal.permits, key);
  if (permit === undefined) return { allowed: false, rule: "foreign-prefix" };
  return narrowed(principal, key, ["create"], { allowed: true, rule: "permit", permit });
}

/**
 * Who may own a new key that `principal`, who is not an admin, may create; the first one does unless another is named.
 * That is the slug under which the key is or, for a key under a permit, who holds it.
 */
export function ownersOf(principal: Principal, key: string): readonly string[] {
  if (namespaceOf(key) === principal.slug) return [principal.slug];
  return [...new Set(permitsOn(principal.permits, key).map(({ name }) => name))];
}

/** The permit under which `owner` owns a new key; undefined when it needs none. */
export function permitOf(principal: Principal, key: string, owner: string): Permit | undefined {
  if (principal.admin || namespaceOf(key) === principal.slug) return undefined;
  return permitsOn(principal.permits, key).find(({ name }) => name === owner);
}

/**
 * Whether `principal` may replace a list. Replacing readers, writers or deleters needs the right to change that list.
 * Each of the three change lists may be replaced by admins, and by the owner while the owner is in that list. An owner
 * may also be a role: then its members are.
 */
export function decideListChange(principal: Principal, subject: Subject, list: AccessListName): Decision {
  if (list === "readers") return decide(principal, subject, "change-readers");
  if (list === "writers") return decide(principal, subject, "change-writers");
  if (list === "deleters") return decide(principal, subject, "change-deleters");
  if (subject.tenant !== principal.tenant) return { allowed: false, rule: "other-tenant" };
  if (subject.removed) return { allowed: false, rule: "removed" };
  return narrowed(principal, subject.key, ["save-lists"], decideOwned(principal, subject, list));
}

/** Whether `principal` may name another owner of a live secret: only admins may. */
export function decideOwnerChange(principal: Principal, subject: Subject): Decision {
  if (subject.tenant !== principal.tenant) return { allowed: false, rule: "other-tenant" };
  if (!principal.admin) return { allowed: false, rule: "admin-only" };
  return narrowed(principal, subject.key, ["save-lists"], { allowed: true, rule: "admin" });
}

/** Whether `principal` may save a live secret without changing it. This needs read or write. */
export function decideUnchanged(principal: Principal, subject: Subject): Decision {
  if (subject.tenant !== principal.tenant) return { allowed: false, rule: "other-tenant" };
  const { readers, writers } = subject.lists;
  const read = decideListed(principal, readers);
  const decision = read.allowed ? read : decideListed(principal, writers);
  return narrowed(principal, subject.key, ["read", "save-value", "save-lists"], decision);
}

/** Whether `principal` has any right on a secret. For every other user the secret does not exist. */
export function isVisible(principal: Principal, subject: Subject | undefined): boolean {
  return rights.some((right) => decide(principal, subject, right).allowed);
}

/** All rights of `principal` on a secret, in the order of `rights`. */
export function rightsOn(principal: Principal, subject: Subject): readonly Right[] {
  return rights.filter((right) => decide(principal, subject, right).allowed);
}

/**
 * Whether `principal` may see who did what with a secret: a user who may write it or, once it is removed, bring it
 * back. Its owner may as long as they have any right on it.
 */
export function decideRecords(principal: Principal, subject: Subject | undefined): Decision {
  if (subject?.removed === true) return decideCreate(principal, subject.key, subject);
  const write = decide(principal, subject, "write");
  if (write.allowed || subject === undefined) return write;
  const isOwner = isOwnedBy(principal, subject) && isVisible(principal, subject);
  return isOwner ? { allowed: true, rule: "owner-listed" } : write;
}

/**
 * Whether `principal` may learn that `key` is taken, whatever the lists say: where it may create keys, a refused save
 * reveals this anyway. Depends on the key alone.
 */
export function mayLearnOf(principal: Principal, key: string): boolean {
  return decideCreate(principal, key, undefined).allowed;
}

/** Whether the token is granted one of `actions` on `key`. Always true when it is not narrowed. */
export function isWithinGrants(principal: Principal, key: string, actions: readonly GrantAction[]): boolean {
  return !isNarrowed(principal) || findGrant(principal.grants, actions, key) !== undefined;
}

/**
 * Whether the token has fewer rights than its user. Such a token manages nothing: no users, tokens, audit or service.
 */
export function isNarrowed(principal: Principal): boolean {
  return principal.grants.length > 0;
}

/** The names under which `principal` can be listed. */
export function identitiesOf(principal: Principal): readonly string[] {
  return [principal.slug, ...principal.roles];
}

/** Whether one of the identities of `principal` owns a secret. */
export function isOwnedBy(principal: Principal, { owner }: Pick<Subject, "owner">): boolean {
  return identitiesOf(principal).includes(owner);
}

/** Denies what was allowed unless the token is granted one of `actions` on the key. */
function narrowed(principal: Principal, key: string, actions: readonly GrantAction[], decision: Decision): Decision {
  if (!decision.allowed || isWithinGrants(principal, key, actions)) return decision;
  return { allowed: false, rule: "not-granted" };
}

function decideOwned(principal: Principal, subject: Subject, list: AccessListName): Decision {
  if (principal.admin) return { allowed: true, rule: "admin" };
  const isOwner = isOwnedBy(principal, subject) && subject.lists[list].includes(subject.owner);
  return isOwner ? { allowed: true, rule: "owner-listed" } : { allowed: false, rule: "not-listed" };
}

function decideListed(principal: Principal, list: readonly string[]): Decision {
  if (principal.admin) return { allowed: true, rule: "admin" };
  if (list.includes(principal.slug)) return { allowed: true, rule: "slug-listed" };
  if (principal.roles.some((role) => list.includes(role))) return { allowed: true, rule: "role-listed" };
  return { allowed: false, rule: "not-listed" };
}
