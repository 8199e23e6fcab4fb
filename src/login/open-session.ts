import { SecretError } from "../error.ts";
import { dropRecords, requireTokenQuota, surplusTokens } from "../identity/create-token.ts";
import { changeIdentities, type IdentityEntry, intactTokens, intactUsers } from "../identity/directory.ts";
import { isPasskeyId } from "../identity/passkeys.ts";
import { sealRefreshToken } from "../identity/refresh-token.ts";
import { grantsOf, type TokenFields, type UserFields } from "../identity/rows.ts";
import { limits } from "../limits.ts";
import { type Caller, callerWithoutRights, isIssued } from "../rules/caller.ts";
import { createTokenId, hashToken } from "../rules/token.ts";
import { previewLogin, userEntries } from "./log-in.ts";
import type { LoginContext } from "./login-context.ts";
import { requireNoLogout } from "./logouts.ts";
import type { SessionPlan } from "./session-plan.ts";

export interface Origin {
  readonly requestId: string;
  readonly peer: string;
}

const action = "session.open";

/**
 * The plan of a session with all that the token of `caller` may do. It ends with that token, after a working day at the
 * latest.
 */
export function planFromToken(
  { now }: Pick<LoginContext, "now">,
  caller: Caller,
  grants: readonly string[],
  rule: string,
): SessionPlan {
  const { tenant, slug, tokenId, tokenExpireAtMs } = caller;
  const latestMs = now() + limits.sessionMs;
  const endAtMs = tokenExpireAtMs === 0 ? latestMs : Math.min(latestMs, tokenExpireAtMs);
  return { tenant, slug, grants, issuer: "", parent: tokenId, sid: "", refreshToken: "", endAtMs, rule };
}

/** Throws NOT_A_USER for principals of token issuers: a session belongs to a user. */
export function requireUserToken(caller: Caller): void {
  if (!isIssued(caller)) return;
  const message = "a session belongs to a user: use a token of this service, not one of a token issuer";
  throw new SecretError({ reason: "NOT_A_USER", message });
}

/**
 * Opens a session whose token is `secret`. Returns who its caller is. Throws LOGIN_DENIED when the user, or the token
 * that it is made from, is no longer there, and QUOTA_EXCEEDED.
 */
export async function openSession(
  context: LoginContext,
  origin: Origin,
  plan: SessionPlan,
  made: { readonly secret: string; readonly client: string },
): Promise<Caller> {
  const { tenant, slug, grants } = plan;
  const id = createTokenId();
  const asked = { ...callerWithoutRights(tenant, slug), tokenId: id, tokenExpireAtMs: plan.endAtMs };
  const call = { ...origin, caller: asked };
  const { who } = plan;
  if (who !== undefined) await requireNoLogout(context, who);
  return changeIdentities(context, call, tenant, async () => {
    const person = who && (await previewLogin(context, origin, who));
    const user = person?.user ?? (await requireUser(context, plan));
    await requireParent(context, plan, user);
    await requireTokenQuota(context, call, action, tenant, slug);
    const droppedTokens = await surplusTokens(context, tenant, slug);
    const token: TokenFields = {
      tenant,
      id,
      slug,
      hash: hashToken(made.secret),
      description: "",
      grants,
      createdAtMs: context.now(),
      createdBy: slug,
      expireAtMs: plan.endAtMs,
      revokedAtMs: 0,
      session: sessionOf(context, plan, id, made.client),
    };
    const audit: IdentityEntry[] = [
      ...(who === undefined || person === undefined ? [] : userEntries(who, person)),
      { action, decision: "allowed", rule: plan.rule, key: id, names: [slug] },
      ...dropRecords(droppedTokens),
    ];
    const users = person === undefined || person.outcome === "unchanged" ? [] : [person.user];
    return { users, tokens: [token], droppedTokens, audit, result: callerOf(user, token) };
  });
}

/** The caller that a session would have. Throws LOGIN_DENIED. */
export async function previewSession(context: LoginContext, origin: Origin, plan: SessionPlan): Promise<Caller> {
  const person = plan.who && (await previewLogin(context, origin, plan.who));
  const user = person?.user ?? (await requireUser(context, plan));
  await requireParent(context, plan, user);
  return callerOf(user, { id: "", expireAtMs: plan.endAtMs, grants: plan.grants });
}

function sessionOf({ keyring }: LoginContext, plan: SessionPlan, id: string, client: string) {
  const { tenant, issuer, parent, sid, refreshToken } = plan;
  const sealed =
    refreshToken === "" ? new Uint8Array(0) : sealRefreshToken(keyring, { tenant, id, issuer }, refreshToken);
  return { issuer, parent, sid, client, refreshToken: sealed };
}

async function requireUser(context: LoginContext, { tenant, slug }: SessionPlan): Promise<UserFields> {
  const stored = await context.store.findUser(tenant, slug);
  const [user] = stored === undefined ? [] : await intactUsers(context, [stored]);
  if (user === undefined || user.removed) throw denied(`${slug} is no longer a user here`);
  if (await context.lastChanges.isUserPutBack(user)) {
    await context.integrity.report({ kind: "user", cause: "put-back", tenant, name: slug });
    throw denied(`the stored row of ${slug} does not verify`);
  }
  return user;
}

/** Read under the same revision that the commit expects, so it cannot be revoked in between. */
async function requireParent(
  context: LoginContext,
  { tenant, slug, parent }: SessionPlan,
  { passkeys }: Pick<UserFields, "passkeys">,
): Promise<void> {
  if (parent === "") return;
  if (isPasskeyId(parent)) {
    if (passkeys?.keys.some(({ id }) => id === parent) === true) return;
    throw denied("the passkey that this session would be made from was removed");
  }
  const stored = await context.store.findToken(tenant, parent);
  const [token] = stored === undefined ? [] : await intactTokens(context, [stored]);
  const isOver = token === undefined || token.revokedAtMs !== 0 || token.slug !== slug;
  if (isOver || (token.expireAtMs !== 0 && token.expireAtMs <= context.now())) {
    throw denied("the token that this session would be made from is no longer valid");
  }
}

function callerOf(
  user: UserFields,
  token: Pick<TokenFields, "id" | "expireAtMs"> & { readonly grants: readonly string[] },
): Caller {
  const { tenant, slug, roles, admin, login } = user;
  const grants = grantsOf(token);
  const operator = user.operator && grants.length === 0;
  return {
    tenant,
    slug,
    roles,
    admin,
    operator,
    grants,
    tokenId: token.id,
    tokenExpireAtMs: token.expireAtMs,
    isSession: true,
    ...(login === undefined ? {} : { displayName: login.displayName }),
  };
}

function denied(message: string): SecretError {
  return new SecretError({ reason: "LOGIN_DENIED", message });
}
