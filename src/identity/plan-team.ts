import type { Permit } from "../rules/permits.ts";
import type { StoredToken, StoredUser } from "../store/identity-rows.ts";
import { compareBytes } from "../text/byte-order.ts";
import type { UserFields } from "./rows.ts";

export type TeamKind = "user" | "permit" | "token";
export type TeamOutcome = "created" | "updated" | "unchanged" | "removed" | "missing" | "not-named";

/** One user, permit or token of a team, and what is done. */
export interface TeamChange {
  readonly kind: TeamKind;
  readonly outcome: TeamOutcome;
  /** Slug of the user, or name of the permit. */
  readonly name: string;
  /** Pattern of the permit, or description of the token. */
  readonly detail: string;
  readonly rolesAdded: readonly string[];
  readonly rolesRemoved: readonly string[];
  readonly admin: boolean | undefined;
}

export interface TeamToken {
  readonly slug: string;
  readonly description: string;
}

const about = { detail: "", rolesAdded: [], rolesRemoved: [], admin: undefined };

/** A user before and after. */
export function userChange(before: StoredUser | undefined, after: UserFields, outcome: TeamOutcome): TeamChange {
  const none: Pick<UserFields, "roles" | "admin"> = { roles: [], admin: false };
  const was = before === undefined || before.removed ? none : before;
  return {
    ...about,
    ...{ kind: "user", outcome, name: after.slug },
    rolesAdded: after.roles.filter((role) => !was.roles.includes(role)),
    rolesRemoved: was.roles.filter((role) => !after.roles.includes(role)),
    admin: after.admin === was.admin ? undefined : after.admin,
  };
}

/** Permits before and after, the wanted ones and all others of the tenant. */
export function permitChanges(
  stored: ReadonlyMap<string, readonly string[]>,
  wanted: readonly Permit[],
  { prunes }: { readonly prunes: boolean },
): { readonly after: ReadonlyMap<string, readonly string[]>; readonly changes: readonly TeamChange[] } {
  const after = new Map<string, string[]>();
  const changes: TeamChange[] = [];
  const add = ({ name, pattern }: Permit, outcome: TeamOutcome) => {
    changes.push({ ...about, kind: "permit", outcome, name, detail: pattern });
    if (outcome !== "removed") after.set(name, [...(after.get(name) ?? []), pattern]);
  };
  const isIn = ({ name, pattern }: Permit) => wanted.some((each) => each.name === name && each.pattern === pattern);
  for (const permit of wanted) {
    add(permit, stored.get(permit.name)?.includes(permit.pattern) === true ? "unchanged" : "created");
  }
  for (const [name, patterns] of stored) {
    for (const pattern of patterns)
      if (!isIn({ name, pattern })) add({ name, pattern }, prunes ? "removed" : "not-named");
  }
  for (const patterns of after.values()) patterns.sort(compareBytes);
  return { after, changes: changes.sort(byName) };
}

/** Live tokens against the wanted ones. `spared` are the slugs whose tokens stay whatever the file says. */
export function tokenChanges(
  live: readonly StoredToken[],
  wanted: readonly TeamToken[],
  { prunes, spared }: { readonly prunes: boolean; readonly spared: ReadonlySet<string> },
): { readonly revoked: readonly StoredToken[]; readonly changes: readonly TeamChange[] } {
  const isWanted = (token: StoredToken) =>
    wanted.some(({ slug, description }) => slug === token.slug && description === token.description);
  const others = live.filter((token) => !isWanted(token));
  const revoked = others.filter(({ slug }) => prunes && !spared.has(slug));
  const asChange = ({ slug, description }: TeamToken, outcome: TeamOutcome): TeamChange => {
    return { ...about, kind: "token", outcome, name: slug, detail: description };
  };
  const changes = [
    ...wanted.map((token) => {
      const isThere = live.some(({ slug, description }) => slug === token.slug && description === token.description);
      return asChange(token, isThere ? "unchanged" : "missing");
    }),
    ...others.map((token) => asChange(token, revoked.includes(token) ? "removed" : "not-named")),
  ];
  return { revoked, changes: changes.sort(byName) };
}

export function byName(a: TeamChange, b: TeamChange): number {
  return compareBytes(a.name, b.name) || compareBytes(a.detail, b.detail);
}
