import { type Failure, SecretError, throwAny } from "../error.ts";
import { findReserved } from "../jwt/issuer.ts";
import { limits } from "../limits.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { refuseAny } from "../rules/decision-record.ts";
import { slugProblem } from "../rules/secret-key.ts";
import { checkBatchSize, nameFailure } from "../rules/selection.ts";
import type { StoredUser } from "../store/identity-rows.ts";
import { compareBytes } from "../text/byte-order.ts";
import {
  changeIdentities,
  type IdentityContext,
  type LoadedUsers,
  loadUsers,
  requireUserManager,
  tenantOf,
} from "./directory.ts";
import { refuseWithoutAdmin } from "./last-admin.ts";
import type { UserFields } from "./rows.ts";

export interface UserInput {
  readonly slug: string;
  readonly roles: readonly string[];
  readonly admin: boolean | undefined;
  readonly operator: boolean | undefined;
  readonly clear: readonly string[];
  readonly reuse: boolean;
}

export interface SaveUserResult {
  readonly user: UserFields;
  readonly outcome: "created" | "updated" | "unchanged";
}

const action = "user.save";

/** Creates and updates users: all of them, or none. */
export async function saveUsers(
  context: IdentityContext,
  call: IdentityCall,
  request: { readonly users: readonly UserInput[]; readonly tenant: string },
): Promise<readonly SaveUserResult[]> {
  requireUsers(request.users);
  checkUserInputs(request.users);
  const tenant = await tenantOf(context, call, action, request.tenant);
  await requireUserManager(context, call, action, tenant);
  return changeIdentities(context, call, tenant, async () => {
    const { users, damaged } = await loadUsers(
      context,
      tenant,
      request.users.map(({ slug }) => slug),
    );
    const { results, failures, after } = planUsers(context, call, tenant, request.users, { users, damaged });
    await refuseAny(context, call, action, failures);
    await refuseWithoutAdmin(context, call, action, tenant, users, after);
    return {
      users: results.filter(({ outcome }) => outcome !== "unchanged").map(({ user }) => user),
      tokens: [],
      audit: results.map(({ user: { slug }, outcome }) => {
        const filter = damaged.has(slug) ? "damaged" : "";
        return { action, decision: "allowed", rule: "admin", key: slug, filter, isChange: outcome !== "unchanged" };
      }),
      result: results,
    };
  });
}

/** What a save would do with each user, why not, and all users as they are afterwards. */
export function planUsers(
  context: IdentityContext,
  call: IdentityCall,
  tenant: string,
  inputs: readonly UserInput[],
  { users, damaged }: LoadedUsers,
): {
  readonly results: readonly SaveUserResult[];
  readonly failures: Failure[];
  readonly after: Map<string, UserFields>;
} {
  const failures: Failure[] = [];
  const results = inputs.map((input, index) => {
    // A row that does not verify is replaced, as if there had been no such user.
    const stored = users.get(input.slug);
    const at = { index, key: input.slug, field: `users[${index}]` };
    const failure =
      reuseFailure(input, stored, at) ??
      operatorFailure(call, input, stored ?? damaged.get(input.slug), at) ??
      reservedFailure(context.issuers, tenant, input, at) ??
      managedFailure(input, stored, at);
    if (failure !== undefined) failures.push(failure);
    return planUser(call, tenant, input, stored, context.now());
  });
  const after = new Map<string, UserFields>(users);
  for (const { user } of results) after.set(user.slug, user);
  failures.push(...sharedNames(inputs, users, after, damaged));
  return { results, failures, after };
}

function requireUsers(users: readonly UserInput[]): void {
  if (users.length > 0) return;
  throw new SecretError({ reason: "INVALID_FIELD", message: "users must not be empty", field: "users" });
}

/** Throws for users with a name of the wrong form, and for one who is named twice. */
export function checkUserInputs(users: readonly UserInput[]): void {
  checkBatchSize("users", users);
  const failures = users.flatMap((input, index) => userInputFailures(input, index));
  const seen = new Set<string>();
  for (const [index, { slug }] of users.entries()) {
    const field = `users[${index}].slug`;
    if (seen.has(slug))
      failures.push({ reason: "DUPLICATE_ITEM", message: `${field} is already in the batch`, field, index });
    seen.add(slug);
  }
  throwAny(failures);
}

function userInputFailures(input: UserInput, index: number): Failure[] {
  const path = `users[${index}]`;
  const failures: Failure[] = [];
  const slug = slugProblem(input.slug);
  if (slug !== undefined) failures.push(nameFailure(`${path}.slug`, index, slug));
  for (const [at, role] of input.roles.entries()) {
    const problem = slugProblem(role);
    if (problem !== undefined) failures.push(nameFailure(`${path}.roles[${at}]`, index, problem));
  }
  if (new Set(input.roles).size > limits.listEntries) {
    const message = `${path}.roles must have at most ${limits.listEntries} entries`;
    const sizes = { limit: limits.listEntries, actual: new Set(input.roles).size };
    failures.push({ reason: "LIMIT_EXCEEDED", message, field: `${path}.roles`, index, ...sizes });
  }
  if (input.clear.some((name) => name !== "roles")) {
    failures.push({
      reason: "INVALID_FIELD",
      message: `${path}.clear may only name roles`,
      field: `${path}.clear`,
      index,
    });
  } else if (input.clear.length > 0 && input.roles.length > 0) {
    const message = `${path}.roles must not be given and cleared at once`;
    failures.push({ reason: "CONFLICTING_FIELDS", message, field: `${path}.roles`, index });
  }
  return failures;
}

type At = { readonly index: number; readonly key: string; readonly field: string };

function reuseFailure(input: UserInput, stored: StoredUser | undefined, at: At): Failure | undefined {
  if (stored?.removed !== true || input.reuse) return undefined;
  const message = `${input.slug} was the slug of a removed user, whom access lists may still name; set reuse to take it`;
  return { reason: "NAME_TAKEN", message, ...at, field: `${at.field}.slug` };
}

/** Only operators may create or change operators: otherwise admins could make themselves operators. */
function operatorFailure(
  call: IdentityCall,
  input: UserInput,
  stored: StoredUser | undefined,
  at: At,
): Failure | undefined {
  if (call.caller.operator) return undefined;
  const concerned = input.operator === true || (stored?.operator === true && !stored.removed);
  if (!concerned) return undefined;
  return { reason: "OPERATOR_ONLY", message: `only an operator may change the operator ${input.slug}`, ...at };
}

/** Otherwise a user could be given a name that an issuer gives out, and each would have the access of the other. */
function reservedFailure(
  issuers: IdentityContext["issuers"],
  tenant: string,
  { slug, roles }: UserInput,
  at: At,
): Failure | undefined {
  const reserved = findReserved(issuers, { tenant, slug, roles });
  if (reserved === undefined) return undefined;
  const { name, issuer } = reserved;
  const message = `${name} begins with ${issuer.prefix}-, which is reserved for ${issuer.source}`;
  return { reason: "NAME_TAKEN", message, ...at, field: `${at.field}.${name === slug ? "slug" : "roles"}` };
}

/** What the provider says is replaced at the next login, so a change here would be lost without a word. */
function managedFailure(input: UserInput, stored: StoredUser | undefined, at: At): Failure | undefined {
  if (stored?.login === undefined || stored.removed) return undefined;
  const isGiven = input.roles.length > 0 || input.clear.length > 0;
  const roles = [...new Set(input.roles)].sort(compareBytes);
  const changed =
    isGiven && roles.join() !== stored.roles.join()
      ? "roles"
      : input.admin !== undefined && input.admin !== stored.admin
        ? "admin"
        : undefined;
  if (changed === undefined) return undefined;
  const message = `${input.slug} logs in at ${stored.login.issuer}, which says what ${changed} is; change it there`;
  return { reason: "MANAGED_BY_LOGIN", message, ...at, field: `${at.field}.${changed}` };
}

function planUser(
  call: IdentityCall,
  tenant: string,
  input: UserInput,
  stored: StoredUser | undefined,
  nowMs: number,
): SaveUserResult {
  const by = call.caller.slug;
  const given = input.roles.length > 0 || input.clear.length > 0;
  const roles = [...new Set(input.roles)].sort(compareBytes);
  if (stored === undefined || stored.removed) {
    const flags = { admin: input.admin ?? false, operator: input.operator ?? false };
    const times = { createdAtMs: nowMs, createdBy: by, updatedAtMs: nowMs, updatedBy: by };
    return { user: { tenant, slug: input.slug, roles, ...flags, ...times, removed: false }, outcome: "created" };
  }
  const { kid: _kid, mac: _mac, ...fields } = stored;
  const user: UserFields = {
    ...fields,
    roles: given ? roles : stored.roles,
    admin: input.admin ?? stored.admin,
    operator: input.operator ?? stored.operator,
  };
  const same =
    user.admin === stored.admin && user.operator === stored.operator && user.roles.join() === stored.roles.join();
  if (same) return { user: fields, outcome: "unchanged" };
  return { user: { ...user, updatedAtMs: nowMs, updatedBy: by }, outcome: "updated" };
}

/**
 * Slugs and roles share one set of names, so that a name in an access list means one thing. Without `reuse`, a new role
 * must not take over the access that lists still give to a removed user.
 */
function sharedNames(
  inputs: readonly UserInput[],
  before: ReadonlyMap<string, UserFields>,
  after: ReadonlyMap<string, UserFields>,
  damaged: ReadonlyMap<string, UserFields>,
): Failure[] {
  const live = (users: ReadonlyMap<string, UserFields>) => [...users.values()].filter((user) => !user.removed);
  const slugs = new Set(live(after).map((user) => user.slug));
  // What a row that does not verify has as roles may be roles of other users' access lists.
  const unsure = [...damaged.values()].filter(({ slug }) => !after.has(slug));
  const roles = new Set([...live(after), ...unsure].flatMap((user) => user.roles));
  const formerRoles = new Set(live(before).flatMap((user) => user.roles));
  return inputs.flatMap((input, index): Failure[] => {
    const at = { reason: "NAME_TAKEN", index, key: input.slug } as const;
    if (roles.has(input.slug)) {
      return [{ ...at, message: `${input.slug} is the name of a role`, field: `users[${index}].slug` }];
    }
    const field = `users[${index}].roles`;
    const taken = input.roles.find((name) => slugs.has(name));
    if (taken !== undefined) return [{ ...at, message: `${taken} is the slug of a user`, field }];
    const former = input.roles.find((name) => (after.has(name) || damaged.has(name)) && !formerRoles.has(name));
    if (former === undefined || input.reuse) return [];
    const message = `${former} was the slug of a removed user, whom access lists may still name; set reuse to take it`;
    return [{ ...at, message, field }];
  });
}
