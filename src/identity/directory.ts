import { IntegrityError } from "../crypto/integrity-error.ts";
import { SecretError } from "../error.ts";
import type { Issuer } from "../jwt/issuer.ts";
import { limits } from "../limits.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { commitWithRetries } from "../rules/commit-with-retries.ts";
import type { Context } from "../rules/context.ts";
import type { AuditEntry } from "../rules/decision-record.ts";
import { auditRecord, refuse } from "../rules/decision-record.ts";
import { requireWholeToken } from "../rules/require-role.ts";
import { slugProblem } from "../rules/secret-key.ts";
import { requireWellFormed } from "../rules/selection.ts";
import type { IdentityCommit, StoredUser } from "../store/identity-rows.ts";
import { signToken, signUser, type TokenFields, type UserFields, verifyToken, verifyUser } from "./rows.ts";

/** What the use cases of identity work with. */
export interface IdentityContext extends Context {
  /** Users must not have the names that belong to these issuers. */
  readonly issuers: readonly Issuer[];
  /** Invalidates all cached credentials. Called before a change is acknowledged. */
  forgetCallers(): void;
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

/** All users of a tenant by slug, removed ones included, each verified. */
export async function loadUsers(
  context: Pick<Context, "store" | "keyring">,
  tenant: string,
): Promise<Map<string, StoredUser>> {
  const users = new Map<string, StoredUser>();
  let after = "";
  for (;;) {
    const page = await context.store.listUsers(tenant, after, limits.pageMax);
    for (const user of page)
      users.set(
        user.slug,
        verified(user.slug, () => verifyUser(context.keyring, user)),
      );
    const last = page.at(-1);
    if (last === undefined || page.length < limits.pageMax) return users;
    after = last.slug;
  }
}

/** All tokens of a user, each verified. */
export async function loadTokens(context: IdentityContext, tenant: string, slug: string) {
  const tokens = [];
  let after = "";
  for (;;) {
    const page = await context.store.listTokens(tenant, slug, after, limits.pageMax);
    for (const token of page) tokens.push(verified(token.id, () => verifyToken(context.keyring, token)));
    const last = page.at(-1);
    if (last === undefined || page.length < limits.pageMax) return tokens;
    after = last.id;
  }
}

/** Runs `verify`. Throws `SecretError` INTEGRITY when the row does not verify. */
export function verified<Row>(name: string, verify: () => Row): Row {
  try {
    return verify();
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    throw new SecretError({ reason: "INTEGRITY", message: `the stored row of ${name} does not verify`, key: name });
  }
}

/** What a use case decided to write, based on one revision of the tenant's identities. */
export interface IdentityChange<Result> {
  readonly users: readonly UserFields[];
  readonly tokens: readonly TokenFields[];
  /** Ids of tokens to delete. */
  readonly droppedTokens?: readonly string[];
  /** As in `IdentityCommit`. */
  readonly quotas?: string;
  readonly audit: readonly AuditEntry[];
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
    const { users, tokens, droppedTokens = [], quotas, audit, result } = await decideChange();
    // Recorded in the tenant that it is about, so that its admins see what an operator did.
    const records = audit.map((entry) => ({ ...auditRecord(call, context.now(), entry), tenant }));
    if (users.length + tokens.length === 0 && quotas === undefined) {
      await context.accessLog.record(records);
      return { status: "nothing-to-commit", result } as const;
    }
    const status = await commitAndForget(context, {
      tenant,
      expectedRevision,
      users: users.map((user) => signUser(context.keyring, user)),
      tokens: tokens.map((token) => signToken(context.keyring, token)),
      droppedTokens,
      quotas,
      audit: records,
    });
    return { status, result };
  };
  return commitWithRetries({
    attempt,
    contention: { message: `other writers keep changing the users of ${tenant}; try again` },
    refuse: (failure) => new SecretError(failure),
  });
}

/** Invalidates cached callers also when the outcome is unknown: the commit may have been made. */
async function commitAndForget(context: IdentityContext, commit: IdentityCommit): Promise<"committed" | "stale"> {
  try {
    return await context.store.commitIdentity(commit);
  } finally {
    context.forgetCallers();
  }
}
