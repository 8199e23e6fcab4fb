import { SecretError } from "../error.ts";
import { changeIdentities, type IdentityContext, type IdentityEntry, loadUsers } from "../identity/directory.ts";
import { sealRefreshToken } from "../identity/refresh-token.ts";
import type { TokenFields, UserFields } from "../identity/rows.ts";
import type { LoginProvider } from "../jwt/login-provider.ts";
import type { IdentityCall } from "../rules/caller.ts";
import { anonymousRecord } from "../rules/decision-record.ts";
import { firstTenant } from "../rules/secret-key.ts";
import { createTokenId } from "../rules/token.ts";
import type { PeopleContext } from "./people-context.ts";
import { type Identified, type PlannedUser, planUser, type UserRefusal } from "./plan-user.ts";
import type { Proof } from "./provider.ts";
import { userFromClaims } from "./users-from-claims.ts";

/** Where a login comes from. */
export interface LoginCall {
  readonly requestId: string;
  readonly peer: string;
}

/** The session that a login gives. */
export interface NewSession {
  /** SHA-256 of its token. */
  readonly hash: Uint8Array;
  readonly lengthMs: number;
  /** What it is narrowed to, as texts; empty for everything. */
  readonly grants: readonly string[];
  /** What the client says that it is. */
  readonly client: string;
}

/** The person who came back from a provider, as the file of issuers sees them. A person whom it does not let in is recorded. Throws LOGIN_DENIED. */
export async function identify(
  { identity: context }: Pick<PeopleContext, "identity">,
  { requestId, peer }: LoginCall,
  provider: LoginProvider,
  { subject, sid, claims, refreshToken }: Proof,
): Promise<Identified> {
  const user = userFromClaims(provider, claims);
  const { id, issuer } = provider;
  if (!("problem" in user)) {
    return { provider: id, issuer, subject, sid, refreshToken, atMs: context.now(), user };
  }
  // No tenant is named, so its admins are those of the first one.
  const entry = { action: "session.refused", decision: "denied", rule: "claims", names: [id] } as const;
  await context.accessLog.record([{ ...anonymousRecord(firstTenant, context.now(), entry, peer), requestId }]);
  const message = `this account may not log in here: ${user.problem}`;
  const error = new SecretError({ reason: "LOGIN_DENIED", message });
  error.audited = true;
  throw error;
}

/** Decides who a person is, without changing anything. A refusal is recorded. Throws LOGIN_DENIED. */
export async function previewLogin(
  context: IdentityContext,
  call: LoginCall,
  identified: Identified,
): Promise<PlannedUser> {
  return plan(context, call, identified);
}

/**
 * Makes or changes the user, and begins the session, in one commit. Throws LOGIN_DENIED, and LOGIN_EXPIRED when the
 * provider has logged the person out in the meantime.
 */
export async function logIn(
  { identity: context, logouts }: Pick<PeopleContext, "identity" | "logouts">,
  call: LoginCall,
  identified: Identified,
  session: NewSession,
): Promise<{ readonly token: TokenFields; readonly user: UserFields }> {
  await requireNoLogout(logouts, identified);
  const { tenant } = identified.user;
  const caller: IdentityCall = {
    ...call,
    // The records name the person; nothing is decided by this caller.
    caller: {
      tenant,
      slug: (await plan(context, call, identified)).user.slug,
      roles: [],
      admin: false,
      operator: false,
      grants: [],
      tokenId: "",
      tokenExpireAtMs: 0,
    },
  };
  return changeIdentities(context, caller, tenant, async () => {
    const planned = await plan(context, call, identified);
    const { user } = planned;
    const token = tokenOf(context, identified, user.slug, session);
    const opened = { action: "session.open", decision: "allowed", rule: identified.provider, key: token.id } as const;
    return {
      users: planned.outcome === "unchanged" ? [] : [user],
      tokens: [token],
      audit: [...userEntries(identified, planned), { ...opened, names: [user.slug] }],
      result: { token, user },
    };
  });
}

/** The names under which a logout at a provider is remembered, for logins that are under way. */
export function logoutNames({
  issuer,
  sid,
  subject,
}: Pick<Identified, "issuer" | "sid" | "subject">): readonly string[] {
  const names = [JSON.stringify([issuer, "sub", subject])];
  return sid === "" ? names : [JSON.stringify([issuer, "sid", sid]), ...names];
}

async function requireNoLogout(logouts: PeopleContext["logouts"], identified: Identified): Promise<void> {
  for (const name of logoutNames(identified)) {
    const found = await logouts.find(name);
    if (found === undefined || found.content < identified.atMs) continue;
    throw new SecretError({ reason: "LOGIN_EXPIRED", message: "the provider has logged you out; begin again" });
  }
}

/** What the audit log says about the user of a login. */
export function userEntries({ provider }: Identified, planned: PlannedUser): readonly IdentityEntry[] {
  const { user, outcome, changes, leftOut } = planned;
  const entry = { decision: "allowed", rule: provider, key: user.slug } as const;
  const left: IdentityEntry[] =
    leftOut.length === 0
      ? []
      : [
          {
            ...entry,
            action: "user.login-roles",
            decision: "refused",
            names: leftOut,
            count: leftOut.length,
            isChange: false,
          },
        ];
  if (outcome === "unchanged") return left;
  return [
    { ...entry, action: outcome === "created" ? "user.login-create" : "user.login-change", names: changes },
    ...left,
  ];
}

async function plan(context: IdentityContext, call: LoginCall, identified: Identified): Promise<PlannedUser> {
  const { tenant } = identified.user;
  const bound = (await context.store.findUsersOfIssuer(identified.issuer, identified.subject)).find(
    (user) => user.tenant === tenant,
  );
  const loaded = await loadUsers(context, tenant, bound === undefined ? [] : [bound.slug]);
  // A row that does not verify may be the one of this person: then a second user must not be made.
  const isDamaged = bound !== undefined && loaded.damaged.has(bound.slug);
  const planned = isDamaged ? damagedUser : planUser(identified, loaded, context.issuers, context.now());
  if (!("message" in planned)) return planned;
  throw await refuseLogin(context, call, identified, planned);
}

const damagedUser = { rule: "damaged", message: "the stored row of your user does not verify; ask an admin" } as const;

/** Records a refused login, and returns the error to throw. */
async function refuseLogin(
  context: IdentityContext,
  { requestId, peer }: LoginCall,
  { user, provider }: Identified,
  { rule, message }: { readonly rule: UserRefusal["rule"] | "damaged"; readonly message: string },
): Promise<SecretError> {
  const entry = { action: "session.refused", decision: "denied", rule, key: user.slug, names: [provider] } as const;
  await context.accessLog.record([{ ...anonymousRecord(user.tenant, context.now(), entry, peer), requestId }]);
  const error = new SecretError({ reason: "LOGIN_DENIED", message });
  error.audited = true;
  return error;
}

function tokenOf(context: IdentityContext, identified: Identified, slug: string, session: NewSession): TokenFields {
  const { issuer, sid, refreshToken, user } = identified;
  const { tenant } = user;
  const id = createTokenId();
  const nowMs = context.now();
  const sealed =
    refreshToken === undefined
      ? new Uint8Array(0)
      : sealRefreshToken(context.keyring, { tenant, id, issuer }, refreshToken);
  return {
    tenant,
    id,
    slug,
    hash: session.hash,
    description: "",
    grants: session.grants,
    createdAtMs: nowMs,
    createdBy: slug,
    expireAtMs: nowMs + session.lengthMs,
    revokedAtMs: 0,
    session: { issuer, parent: "", sid, client: session.client, refreshToken: sealed },
  };
}
