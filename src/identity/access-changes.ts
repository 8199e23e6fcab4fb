import { listUsage } from "../audit-log/list-usage.ts";
import { createPauses } from "../flow/slices.ts";
import { limits } from "../limits.ts";
import { isNarrowed, type Principal } from "../rules/access.ts";
import { noLists } from "../rules/access-lists.ts";
import type { IdentityCall } from "../rules/caller.ts";
import type { Context } from "../rules/context.ts";
import type { PlannedLists } from "../secrets/save-secrets.ts";
import type { RecordedReader } from "../store/audit-page.ts";
import type { StoredUser } from "../store/identity-rows.ts";
import type { AccessLists } from "../store/secret-rows.ts";
import { type AccessListName, type Right, rightOfList, rights } from "../text/access-list-names.ts";
import { compareBytes } from "../text/byte-order.ts";
import { loadUsers } from "./directory.ts";

/** One right that one user would gain or lose by a save. */
export interface AccessChange {
  readonly slug: string;
  readonly right: Right;
  readonly gains: boolean;
  /** The name in the list that gives the right, or gave it. */
  readonly through: string;
  /** When they last read the value, if that is known. */
  readonly lastReadAtMs?: number;
}

export interface AccessChanges {
  readonly changes: readonly AccessChange[];
  /** How many there are in all. */
  readonly count: number;
}

/**
 * What planned saves change in who may do what, in their order. Admins see every user. Others see what changes for
 * themselves, and the names as the lists have them: who has a role is not for them.
 */
export async function accessChanges(
  context: Context,
  call: IdentityCall,
  planned: readonly (PlannedLists | undefined)[],
): Promise<readonly AccessChanges[]> {
  const { caller } = call;
  const seesAll = caller.admin && !isNarrowed(caller);
  const users = seesAll && planned.some(changesLists) ? await liveUsers(context, caller.tenant) : [];
  const pause = createPauses();
  const all: AccessChanges[] = [];
  for (const plan of planned) {
    await pause();
    const found = plan === undefined ? [] : [...new Map(changesOf(plan, seesAll ? users : [caller], seesAll)).values()];
    const sorted = found.sort(bySlugAndRight);
    all.push({ changes: sorted.slice(0, limits.accessChanges), count: sorted.length });
  }
  return seesAll ? withLastReads(context, call, planned, all) : all;
}

/**
 * Adds when those who would lose or gain the right to read last did so. That is in the audit log, and is recorded
 * there.
 */
async function withLastReads(
  context: Context,
  call: IdentityCall,
  planned: readonly (PlannedLists | undefined)[],
  all: readonly AccessChanges[],
): Promise<readonly AccessChanges[]> {
  const keys = planned.flatMap((plan, at) => {
    const isAboutReading = all[at]?.changes.some(({ right }) => right === "read") === true;
    return plan?.before !== undefined && isAboutReading ? plan.key : [];
  });
  if (keys.length === 0) return all;
  const usage = new Map((await listUsage(context, call, keys)).map(({ key, readers }) => [key, readers]));
  return all.map(({ changes, count }, at) => {
    const readers = usage.get(planned[at]?.key ?? "") ?? [];
    return { changes: changes.map((change) => withLastRead(change, readers)), count };
  });
}

function withLastRead(change: AccessChange, readers: readonly RecordedReader[]): AccessChange {
  const reader = change.right === "read" ? readers.find(({ slug }) => slug === change.slug) : undefined;
  return reader === undefined ? change : { ...change, lastReadAtMs: reader.lastReadAtMs };
}

function changesLists(plan: PlannedLists | undefined): boolean {
  return plan !== undefined && plan.listChanges.length > 0;
}

async function liveUsers(context: Context, tenant: string): Promise<readonly StoredUser[]> {
  const { users } = await loadUsers(context, tenant);
  return [...users.values()].filter(({ removed }) => !removed);
}

type Identities = Pick<Principal, "slug" | "roles" | "admin">;

/** Each change once, by a name of its own. A user who has the right in another way neither gains nor loses it. */
function* changesOf(
  { before = noLists, after, listChanges }: PlannedLists,
  users: readonly Identities[],
  seesAll: boolean,
): Iterable<readonly [string, AccessChange]> {
  const known = new Set(seesAll ? users.flatMap(({ slug, roles }) => [slug, ...roles]) : []);
  for (const { list, added, removed } of listChanges) {
    const right = rightOfList[list];
    for (const [names, gains] of [
      [added, true],
      [removed, false],
    ] as const) {
      for (const name of names) {
        // Not a user and no role of one: a principal of a token issuer, or a name that is not in use yet.
        if (!known.has(name)) yield entry({ slug: name, right, gains, through: name });
      }
    }
    for (const user of users) {
      const [had, has] = [nameIn(before[list], user), nameIn(after[list], user)];
      if (user.admin || (had === undefined) === (has === undefined)) continue;
      yield entry({ slug: user.slug, right, gains: has !== undefined, through: has ?? had ?? "" });
    }
  }
}

function entry(change: AccessChange): readonly [string, AccessChange] {
  return [`${change.slug} ${change.right}`, change];
}

/** The name in a list that stands for a user, the slug before the roles. */
function nameIn(list: AccessLists[AccessListName], { slug, roles }: Identities): string | undefined {
  return [slug, ...roles.toSorted(compareBytes)].find((name) => list.includes(name));
}

function bySlugAndRight(a: AccessChange, b: AccessChange): number {
  return compareBytes(a.slug, b.slug) || rights.indexOf(a.right) - rights.indexOf(b.right);
}
