import { type Failure, SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { refuseAny } from "../rules/decision-record.ts";
import type { Permit } from "../rules/permits.ts";
import { slugProblem } from "../rules/secret-key.ts";
import { requireWellFormed } from "../rules/selection.ts";
import type { StoredToken } from "../store/identity-rows.ts";
import { checkDescription } from "./create-token.ts";
import {
  changeIdentities,
  type IdentityContext,
  type IdentityEntry,
  loadTokens,
  loadUsers,
  requireUserManager,
  tenantOf,
} from "./directory.ts";
import { isLive } from "./end-issued.ts";
import { refuseWithoutAdmin } from "./last-admin.ts";
import { loadPermits } from "./load-all-permits.ts";
import {
  byName,
  permitChanges,
  type TeamChange,
  type TeamKind,
  type TeamToken,
  tokenChanges,
  userChange,
} from "./plan-team.ts";
import { endRecord, sessionsUnder } from "./revoke-token.ts";
import type { TokenFields, UserFields } from "./rows.ts";
import { checkPermits, countFailures, patternsByName, rowOf } from "./save-permits.ts";
import { checkUserInputs, planUsers, type UserInput } from "./save-users.ts";

export interface TeamRequest {
  readonly users: readonly { readonly slug: string; readonly roles: readonly string[]; readonly admin: boolean }[];
  readonly permits: readonly Permit[];
  readonly tokens: readonly TeamToken[];
  /** What is not named is taken away, of these kinds. */
  readonly prune: readonly TeamKind[];
  readonly validateOnly: boolean;
  readonly tenant: string;
}

const action = "team.apply";

/**
 * Makes users and permits as a file has them: all of it, or nothing. What would change is decided in the same way when
 * it is only asked for. Tokens are never made: they have to be shown to someone.
 */
export async function applyTeam(
  context: IdentityContext,
  call: IdentityCall,
  request: TeamRequest,
): Promise<readonly TeamChange[]> {
  const inputs = request.users.map(toInput);
  checkSize(request);
  checkUserInputs(inputs);
  for (const [index, { slug, description }] of request.tokens.entries()) {
    requireWellFormed(`tokens[${index}].slug`, slugProblem(slug));
    checkDescription(description, `tokens[${index}].description`);
  }
  const wanted = request.permits.length === 0 ? [] : checkPermits(request.permits);
  const tenant = await tenantOf(context, call, action, request.tenant);
  await requireUserManager(context, call, action, tenant);
  const prunes = (kind: TeamKind) => request.prune.includes(kind);
  return changeIdentities(context, call, tenant, async () => {
    const slugs = inputs.map(({ slug }) => slug);
    const loaded = await loadUsers(context, tenant, slugs);
    const { results, failures, after } = planUsers(context, call, tenant, inputs, loaded);
    const others = [...loaded.users.values()].filter(({ slug, removed }) => !removed && !slugs.includes(slug));
    const spared = sparedOf(call, tenant, after, slugs);
    const gone = others
      .filter(({ slug }) => prunes("user") && !spared.has(slug))
      .map((user) => goneUser(context, call, user));
    for (const user of gone) after.set(user.slug, user);
    failures.push(...tokenFailures(request.tokens, after));
    const permits = permitChanges(patternsByName((await loadPermits(context, tenant)).permits), wanted, {
      prunes: prunes("permit"),
    });
    failures.push(...countFailures(permits.after));
    await refuseAny(context, call, action, failures);
    await refuseWithoutAdmin(context, call, action, tenant, loaded.users, after);
    const { tokens: stored } = await loadTokens(context, tenant, undefined);
    const nowMs = context.now();
    const goneSlugs = new Set(gone.map(({ slug }) => slug));
    const live = stored.filter((token) => isLive(token, nowMs));
    const ofGone = live.filter(({ slug }) => goneSlugs.has(slug));
    const standing = live.filter(({ slug, session }) => session === undefined && !goneSlugs.has(slug));
    const tokens = tokenChanges(standing, request.tokens, { prunes: prunes("token"), spared });
    const changes = [
      ...[
        ...results.map(({ user, outcome }) => userChange(loaded.users.get(user.slug), user, outcome)),
        ...others.map((user) =>
          userChange(user, after.get(user.slug) ?? user, goneSlugs.has(user.slug) ? "removed" : "not-named"),
        ),
      ].sort(byName),
      ...permits.changes,
      ...tokens.changes,
    ];
    if (request.validateOnly) return { users: [], tokens: [], audit: [planEntry(changes)], result: changes };
    const under = sessionsUnder(
      live,
      tokens.revoked.map(({ id }) => id),
    );
    const changedUsers = [...results.filter(({ outcome }) => outcome !== "unchanged").map(({ user }) => user), ...gone];
    const ended = [...new Set([...ofGone, ...tokens.revoked, ...under])];
    return {
      users: changedUsers,
      tokens: ended.map((token): TokenFields => ({ ...token, revokedAtMs: nowMs })),
      permits: changedNames(permits.changes).map((name) => {
        return rowOf(context, call, tenant, name, permits.after.get(name) ?? []);
      }),
      audit: entriesOf(changes, tokens.revoked, under),
      result: changes,
    };
  });
}

function toInput({ slug, roles, admin }: TeamRequest["users"][number]): UserInput {
  return { slug, roles, admin, operator: undefined, clear: roles.length === 0 ? ["roles"] : [], reuse: false };
}

function checkSize({ users, permits, tokens }: TeamRequest): void {
  const [limit, actual] = [limits.batchItems, users.length + permits.length + tokens.length];
  if (actual <= limit) return;
  const message = `users, permits and tokens must be at most ${limit} together`;
  // The one with the most entries is the one to make smaller.
  const [[field] = ["users"]] = Object.entries({ users, permits, tokens }).sort(([, a], [, b]) => b.length - a.length);
  throw new SecretError({ reason: "LIMIT_EXCEEDED", message, field, limit, actual });
}

/**
 * Whom pruning does not touch: the caller, users who log in at a provider, operators unless an operator asks, and one
 * admin if there would be none.
 */
function sparedOf(
  { caller }: IdentityCall,
  tenant: string,
  after: ReadonlyMap<string, UserFields>,
  named: readonly string[],
): ReadonlySet<string> {
  const live = [...after.values()].filter(({ removed }) => !removed);
  const spared = live.filter(({ slug, login, operator }) => {
    const isCaller = tenant === caller.tenant && slug === caller.slug;
    return isCaller || login !== undefined || (operator && !caller.operator);
  });
  const stays = new Set(spared.map(({ slug }) => slug));
  const admins = live.filter(({ admin, login }) => admin && login === undefined);
  const [first] = admins;
  if (first !== undefined && !admins.some(({ slug }) => stays.has(slug) || named.includes(slug))) stays.add(first.slug);
  return stays;
}

function goneUser({ now }: IdentityContext, { caller }: IdentityCall, user: UserFields): UserFields {
  const flags = { removed: true, admin: false, operator: false, roles: [] };
  return { ...user, ...flags, updatedAtMs: now(), updatedBy: caller.slug };
}

function tokenFailures(tokens: readonly TeamToken[], users: ReadonlyMap<string, UserFields>): Failure[] {
  return tokens.flatMap(({ slug }, index) => {
    if (users.get(slug)?.removed === false) return [];
    const message = `there is no user ${slug}`;
    return [{ reason: "NOT_FOUND", message, index, key: slug, field: `tokens[${index}].slug` } as const];
  });
}

function changedNames(changes: readonly TeamChange[]): readonly string[] {
  const changed = changes.filter(({ outcome }) => outcome === "created" || outcome === "removed");
  return [...new Set(changed.map(({ name }) => name))];
}

function planEntry(changes: readonly TeamChange[]): IdentityEntry {
  return { action: "team.plan", decision: "allowed", rule: "admin", count: changes.length, isChange: false };
}

/** Under the actions of single changes, so that the last change of each row is found. */
function entriesOf(
  changes: readonly TeamChange[],
  revoked: readonly StoredToken[],
  sessions: readonly StoredToken[],
): readonly IdentityEntry[] {
  const made = { decision: "allowed", rule: "admin", filter: "team" } as const;
  const users = changes.filter(({ kind }) => kind === "user");
  const permits = changes.filter(({ kind }) => kind === "permit");
  return [
    { ...made, action, count: changes.length, isChange: false },
    ...users.flatMap(({ outcome, name }): IdentityEntry[] => {
      if (outcome === "not-named" || outcome === "unchanged") return [];
      return [{ ...made, action: outcome === "removed" ? "user.remove" : "user.save", key: name }];
    }),
    ...changedNames(permits).flatMap((name) =>
      (["created", "removed"] as const).flatMap((outcome): IdentityEntry[] => {
        const names = permits
          .filter((each) => each.name === name && each.outcome === outcome)
          .map(({ detail }) => detail);
        if (names.length === 0) return [];
        const done = outcome === "created" ? "permit.save" : "permit.remove";
        return [{ ...made, action: done, key: name, count: names.length, names }];
      }),
    ),
    ...revoked.map(({ id, slug }) => ({ ...made, action: "token.revoke", key: id, names: [slug] })),
    ...sessions.map((session) => endRecord(session, "token-revoked")),
  ];
}
