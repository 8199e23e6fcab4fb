import type { LoadedUsers } from "../identity/directory.ts";
import type { UserFields } from "../identity/rows.ts";
import { findReserved, type PrincipalRules } from "../jwt/issuer.ts";
import type { StoredUser } from "../store/identity-rows.ts";
import type { ClaimedUser } from "./users-from-claims.ts";

/** A person as a provider vouches for them. */
export interface Identified {
  /** Id of the provider. */
  readonly provider: string;
  readonly issuer: string;
  /** What the issuer calls this person, for ever. */
  readonly subject: string;
  /** The session at the provider; "" when it does not say. */
  readonly sid: string;
  readonly refreshToken: string | undefined;
  /** When they came back from the provider. */
  readonly atMs: number;
  readonly user: ClaimedUser;
}

/** What a login makes of the stored user. */
export interface PlannedUser {
  readonly user: UserFields;
  readonly outcome: "created" | "changed" | "unchanged";
  /** Roles as `+dev` and `-ops`, and the flag as `+admin` or `-admin`: what changed. */
  readonly changes: readonly string[];
  /** Roles that the claims name and that no login gives. For the log. */
  readonly leftOut: readonly string[];
}

/** Why a person may not log in. `rule` is for the audit log; the message is shown to the person. */
export interface UserRefusal {
  readonly rule: "slug-taken" | "user-removed" | "not-linked";
  readonly message: string;
}

/**
 * Decides who a person is here. Only issuer and subject say so: addresses are used again, and different names may make
 * one slug. A person who is new never gets a slug that is, or was, that of a user or a role. Roles and the admin flag
 * are replaced by what the provider says; an operator is never made.
 */
export function planUser(
  { user: claimed, issuer, subject }: Identified,
  { users, damaged }: LoadedUsers,
  issuers: readonly PrincipalRules[],
  nowMs: number,
): PlannedUser | UserRefusal {
  const { tenant, displayName, admin } = claimed;
  const bound = [...users.values()].find(({ login }) => login?.issuer === issuer && login.subject === subject);
  if (bound?.removed === true) return { rule: "user-removed", message: `the user ${bound.slug} was removed here` };
  const slug = bound?.slug ?? claimed.slug;
  if (bound === undefined) {
    const refusal = newUserRefusal(claimed, { users, damaged }, issuers);
    if (refusal !== undefined) return refusal;
  }
  const isFree = (role: string) =>
    role !== slug && !users.has(role) && !damaged.has(role) && !isReserved(issuers, tenant, role);
  const roles = claimed.roles.filter(isFree);
  const leftOut = [...claimed.leftOut, ...claimed.roles.filter((role) => !isFree(role))];
  const login = { issuer, subject, displayName };
  if (bound === undefined) {
    const times = { createdAtMs: nowMs, createdBy: slug, updatedAtMs: nowMs, updatedBy: slug };
    const user = { tenant, slug, roles, admin, operator: false, ...times, removed: false, login };
    return { user, outcome: "created", changes: changesOf({ roles: [], admin: false }, user), leftOut };
  }
  const { kid: _kid, mac: _mac, ...fields } = bound;
  const changes = changesOf(bound, { roles, admin });
  if (changes.length === 0 && bound.login?.displayName === displayName) {
    return { user: fields, outcome: "unchanged", changes, leftOut };
  }
  const user = { ...fields, roles, admin, login, updatedAtMs: nowMs, updatedBy: slug };
  return { user, outcome: "changed", changes, leftOut };
}

function newUserRefusal(
  { tenant, slug, autoCreate }: ClaimedUser,
  { users, damaged }: LoadedUsers,
  issuers: readonly PrincipalRules[],
): UserRefusal | undefined {
  if (!autoCreate) {
    return { rule: "not-linked", message: "no user here belongs to this account; ask an admin to link yours" };
  }
  const isRole = [...users.values(), ...damaged.values()].some((user) => !user.removed && user.roles.includes(slug));
  if (!users.has(slug) && !damaged.has(slug) && !isRole && !isReserved(issuers, tenant, slug)) return undefined;
  const message = `the name ${slug} is or was another user or a role here; ask an admin to link your account`;
  return { rule: "slug-taken", message };
}

function isReserved(issuers: readonly PrincipalRules[], tenant: string, name: string): boolean {
  return findReserved(issuers, { tenant, slug: name, roles: [] }) !== undefined;
}

type Rights = Pick<StoredUser, "roles" | "admin">;

function changesOf(before: Rights, after: Rights): readonly string[] {
  const gained = after.roles.filter((role) => !before.roles.includes(role)).map((role) => `+${role}`);
  const lost = before.roles.filter((role) => !after.roles.includes(role)).map((role) => `-${role}`);
  const flag = before.admin === after.admin ? [] : [after.admin ? "+admin" : "-admin"];
  return [...flag, ...gained, ...lost];
}
