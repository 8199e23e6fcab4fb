import { randomBytes } from "node:crypto";
import { IntegrityError } from "../crypto/integrity-error.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { SecretError } from "../error.ts";
import type { PrincipalRules } from "../jwt/issuer.ts";
import type { LoginProvider } from "../jwt/login-provider.ts";
import { limits } from "../limits.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { commitWithRetries } from "../rules/commit-with-retries.ts";
import type { Context } from "../rules/context.ts";
import type { AuditEntry } from "../rules/decision-record.ts";
import { auditRecord, refuse } from "../rules/decision-record.ts";
import { type PermitFields, signPermit } from "../rules/permit-row.ts";
import { requireWholeToken } from "../rules/require-role.ts";
import { slugProblem } from "../rules/secret-key.ts";
import { requireWellFormed } from "../rules/selection.ts";
import type { IdentityCommit, StoredToken, StoredUser } from "../store/identity-rows.ts";
import { signToken, signUser, type TokenFields, type UserFields, verifyUsableToken, verifyUser } from "./rows.ts";

/** What the use cases of identity work with. */
export interface IdentityContext extends Context {
  /** Users must not have the names that belong to these issuers. */
  readonly issuers: readonly PrincipalRules[];
  /** Where people log in. */
  readonly providers?: readonly LoginProvider[];
  /** Where browsers use passkeys, as in the header `Origin`. Undefined where they cannot. */
  passkeyOrigin?(): string | undefined;
  /** Who may list the names of users and roles: all users, or admins only. */
  readonly directory: "everyone" | "admins";
  /** Version of the program. */
  readonly version: string;
  /**
   * Invalidates all cached credentials: here at once, and in the workers next to this one before it resolves. Called
   * before a change is acknowledged.
   */
  forgetCallers(): Promise<void>;
}

/**
 * The tenant that a call is about: the caller's own, or any other for operators. A narrowed token is refused: it must
 * not manage users or tokens, not even itself.
 */
export async function tenantOf(
  context: IdentityContext,
  call: IdentityCall,
  action: string,
  requested: string,
): Promise<string> {
  await requireWholeToken(context, call, action);
  if (requested === "" || requested === call.caller.tenant) return call.caller.tenant;
  requireWellFormed("tenant", slugProblem(requested));
  if (call.caller.operator) return requested;
  const message = "only an operator may name another tenant";
  throw await refuse(context, call, action, [{ reason: "OPERATOR_ONLY", message, field: "tenant" }]);
}

/** Whether the caller manages the users of `tenant`: as its admin, or as an operator from another tenant. */
export function managesUsers({ caller }: IdentityCall, tenant: string): boolean {
  return tenant === caller.tenant ? caller.admin : caller.operator;
}

export async function requireUserManager(
  context: IdentityContext,
  call: IdentityCall,
  action: string,
  tenant: string,
): Promise<void> {
  if (managesUsers(call, tenant)) return;
  throw await refuse(context, call, action, [
    { reason: "ADMIN_ONLY", message: `only an admin of ${tenant} may do this` },
  ]);
}

/** The users of a tenant by slug, removed ones included. */
export interface LoadedUsers {
  readonly users: Map<string, StoredUser>;
  /** Rows that do not verify. They are no one's, but an admin may replace them, and their names are taken. */
  readonly damaged: ReadonlyMap<string, StoredUser>;
}

/**
 * All users of a tenant. A row that does not verify is reported, and concerns no other user. So is one of the users in
 * `changing` that is older than its last change.
 */
export async function loadUsers(
  context: Pick<Context, "store" | "keyring" | "integrity" | "lastChanges">,
  tenant: string,
  changing: readonly string[] = [],
): Promise<LoadedUsers> {
  const loaded = await loadAllUsers(context, tenant);
  for (const slug of changing) {
    const user = loaded.users.get(slug);
    if (user === undefined || !(await context.lastChanges.isUserPutBack(user))) continue;
    await context.integrity.report({ kind: "user", cause: "put-back", tenant, name: slug });
    loaded.users.delete(slug);
    loaded.damaged.set(slug, user);
  }
  return loaded;
}

async function loadAllUsers(context: Pick<Context, "store" | "keyring" | "integrity">, tenant: string) {
  const users = new Map<string, StoredUser>();
  const damaged = new Map<string, StoredUser>();
  let after = "";
  for (;;) {
    const page = await context.store.listUsers(tenant, after, limits.pageMax);
    for (const user of page) {
      const isIntact = (await intactUsers(context, [user])).length > 0;
      (isIntact ? users : damaged).set(user.slug, user);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < limits.pageMax) return { users, damaged };
    after = last.slug;
  }
}

/**
 * All tokens of a user, or of the tenant, sessions included. Those that do not verify are reported, and listed apart.
 */
export async function loadTokens(context: IdentityContext, tenant: string, slug: string | undefined) {
  const tokens: StoredToken[] = [];
  const damaged: StoredToken[] = [];
  let after = "";
  for (;;) {
    const page = await context.store.listTokens(tenant, slug, after, limits.pageMax);
    for (const token of page) {
      const isIntact = (await intactTokens(context, [token])).length > 0;
      (isIntact ? tokens : damaged).push(token);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < limits.pageMax) return { tokens, damaged };
    after = last.id;
  }
}

type Verifying = Pick<Context, "keyring" | "integrity">;

/** Those of the rows that verify. The others are reported. */
export function intactUsers(context: Verifying, rows: readonly StoredUser[]): Promise<readonly StoredUser[]> {
  return intact(context, "user", rows, verifyUser, ({ slug }) => slug);
}

/** As `intactUsers`. */
export function intactTokens(context: Verifying, rows: readonly StoredToken[]): Promise<readonly StoredToken[]> {
  return intact(context, "token", rows, verifyUsableToken, ({ id }) => id);
}

async function intact<Row extends { readonly tenant: string }>(
  { keyring, integrity }: Verifying,
  kind: "user" | "token",
  rows: readonly Row[],
  verify: (keyring: Keyring, row: Row) => Row,
  nameOf: (row: Row) => string,
): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (const row of rows) {
    try {
      found.push(verify(keyring, row));
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
      await integrity.report({ kind, cause: "edited", tenant: row.tenant, name: nameOf(row) });
    }
  }
  return found;
}

/** A SHA-256. */
const tokenHashBytes = 32;

/** A token that can no longer be used, in the place of a row that does not verify. */
export function revokedForDamage(token: StoredToken, nowMs: number): TokenFields {
  const { tenant, id } = token;
  const slug = token.slug === "" ? id : token.slug;
  // With its own hash, the token is known as a revoked one.
  const hash = token.hash.length === tokenHashBytes ? token.hash : new Uint8Array(randomBytes(tokenHashBytes));
  const times = { createdAtMs: nowMs, expireAtMs: 0, revokedAtMs: nowMs };
  return { tenant, id, slug, hash, description: "", grants: [], createdBy: "", ...times };
}

/** Runs `verify`. Throws `SecretError` INTEGRITY when the row does not verify. */
export function verified<Row>(name: string, verify: () => Row): Row {
  try {
    return verify();
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    throw damagedRow(name);
  }
}

/** The error for a row that does not verify. */
export function damagedRow(name: string): SecretError {
  return new SecretError({ reason: "INTEGRITY", message: `the stored row of ${name} does not verify`, key: name });
}

/** An entry for the audit log. `isChange` is false when it is about no row, or one that stays as it is. */
export interface IdentityEntry extends AuditEntry {
  readonly isChange?: boolean;
}

/** What a use case decided to write, based on one revision of the tenant's identities. */
export interface IdentityChange<Result> {
  readonly users: readonly UserFields[];
  readonly tokens: readonly TokenFields[];
  readonly permits?: readonly PermitFields[];
  /** Ids of tokens to delete. */
  readonly droppedTokens?: readonly string[];
  /** As in `IdentityCommit`. */
  readonly quotas?: string;
  readonly audit: readonly IdentityEntry[];
  /** Set when what the users may do stays as it was: then no cached caller is wrong. */
  readonly keepsRights?: true;
  readonly result: Result;
}

/**
 * Decides and commits. Decides again when another call has changed the tenant's identities in the meantime, so rules
 * that span rows, such as "one admin must remain", hold under concurrent changes.
 */
export async function changeIdentities<Result>(
  context: IdentityContext,
  call: IdentityCall,
  tenant: string,
  decideChange: () => Promise<IdentityChange<Result>>,
): Promise<Result> {
  const attempt = async () => {
    const expectedRevision = await context.store.identityRevision(tenant);
    const decided = await decideChange();
    const { users, tokens, permits = [], droppedTokens = [], quotas, audit, keepsRights, result } = decided;
    const nowMs = context.now();
    const isNothing = users.length + tokens.length + permits.length === 0 && quotas === undefined;
    const named = [...users.map(({ slug, updatedAtMs }) => ({ name: slug, updatedAtMs })), ...permits];
    const changedAtMs = new Map(named.map(({ name, updatedAtMs }) => [name, updatedAtMs]));
    const records = audit.map(({ isChange = !isNothing, ...entry }) => {
      // The number of the change and the time of the row show later whether the row is the last one of its user.
      const version = isChange ? expectedRevision + 1 : (entry.version ?? 0);
      const timeMs = (isChange ? changedAtMs.get(entry.key ?? "") : undefined) ?? nowMs;
      // Recorded in the tenant that it is about, so that its admins see what an operator did.
      return { ...auditRecord(call, timeMs, { ...entry, version }), tenant };
    });
    if (isNothing) {
      await context.accessLog.record(records);
      return { status: "nothing-to-commit", result } as const;
    }
    const commit: IdentityCommit = {
      tenant,
      expectedRevision,
      users: users.map((user) => signUser(context.keyring, user)),
      tokens: tokens.map((token) => signToken(context.keyring, token)),
      permits: permits.map((permit) => signPermit(context.keyring, permit)),
      droppedTokens,
      quotas,
      audit: records,
    };
    const isEnding = tokens.some(({ revokedAtMs }) => revokedAtMs !== 0);
    const status = await commitAndForget(context, commit, isEnding || (users.length > 0 && keepsRights !== true));
    if (status === "committed") {
      for (const { slug } of users) context.integrity.forget("user", tenant, slug);
      for (const { id } of tokens) context.integrity.forget("token", tenant, id);
      for (const { name } of permits) context.integrity.forget("permit", tenant, name);
    }
    return { status, result };
  };
  return commitWithRetries({
    attempt,
    contention: { message: `other writers keep changing the users of ${tenant}; try again` },
    refuse: (failure) => new SecretError(failure),
  });
}

/**
 * Invalidates cached callers also when the outcome is unknown: the commit may have been made. A commit that only adds
 * tokens concerns no cached caller: otherwise each login would have the tokens of all callers looked up again.
 */
async function commitAndForget(
  context: IdentityContext,
  commit: IdentityCommit,
  isAboutCallers: boolean,
): Promise<"committed" | "stale"> {
  try {
    return await context.store.commitIdentity(commit);
  } finally {
    if (isAboutCallers) await context.forgetCallers();
  }
}
