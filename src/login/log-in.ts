import { SecretError } from "../error.ts";
import { type IdentityContext, type IdentityEntry, loadUsers } from "../identity/directory.ts";
import type { LoginProvider } from "../jwt/login-provider.ts";
import { limits } from "../limits.ts";
import { anonymousRecord } from "../rules/decision-record.ts";
import { grantTexts } from "../rules/grants.ts";
import { firstTenant } from "../rules/secret-key.ts";
import type { PeopleContext } from "./people-context.ts";
import { type Identified, type PlannedUser, planUser, type UserRefusal } from "./plan-user.ts";
import type { Proof } from "./provider.ts";
import type { SessionPlan } from "./session-plan.ts";
import { userFromClaims } from "./users-from-claims.ts";

/** Where a login comes from. */
export interface LoginCall {
  readonly requestId: string;
  readonly peer: string;
}

/**
 * The person who came back from a provider, as the file of issuers sees them. A person whom it does not let in is
 * recorded. Throws LOGIN_DENIED.
 */
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

/** The plan of a session for a person who came back from a provider. */
export function planFromLogin(context: PeopleContext, who: Identified, { user }: PlannedUser): SessionPlan {
  const { provider, issuer, sid, refreshToken = "" } = who;
  const lengthMs = context.clientOf(provider)?.provider.sessionMs ?? limits.sessionMinMs;
  return {
    tenant: user.tenant,
    slug: user.slug,
    grants: grantTexts(who.user.grants),
    issuer,
    parent: "",
    sid,
    refreshToken,
    endAtMs: context.identity.now() + lengthMs,
    rule: provider,
    who,
  };
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

/** Decides who a person is, without changing anything. A refusal is recorded. Throws LOGIN_DENIED. */
export async function previewLogin(
  context: IdentityContext,
  call: LoginCall,
  identified: Identified,
): Promise<PlannedUser> {
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
