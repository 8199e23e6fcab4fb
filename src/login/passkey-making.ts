import { SecretError } from "../error.ts";
import { intactUsers, managesUsers, tenantOf } from "../identity/directory.ts";
import { invitationOver, isInvitedBy, newHandle, readInvitationCode } from "../identity/invite-user.ts";
import { requireLiveUser } from "../identity/named-user.ts";
import { addPasskey, isPasskeyId, type MadePasskey, refuseManaged } from "../identity/passkeys.ts";
import type { UserFields } from "../identity/rows.ts";
import { limits } from "../limits.ts";
import { callerWithoutRights, type IdentityCall, isIssued } from "../rules/caller.ts";
import { refuse } from "../rules/decision-record.ts";
import type { Passkey, StoredUser } from "../store/identity-rows.ts";
import { createCode } from "./codes.ts";
import type { PasskeyPlace } from "./host.ts";
import type { LoginCall } from "./log-in.ts";
import type { LoginContext } from "./login-context.ts";
import { newStepSecret, type Steps } from "./named-steps.ts";
import type { Answer } from "./passkey-fields.ts";
import { type Begun, passkeyExpired, planFromPasskey } from "./passkey-login.ts";
import { askToMake, verifyMade } from "./webauthn.ts";

/** A question for a new passkey that was put to a browser. */
export interface MakingAsked {
  readonly challenge: string;
  readonly tenant: string;
  readonly slug: string;
  readonly handle: string;
  /** Whether it goes with an invitation. */
  readonly isInvited: boolean;
}

interface Given {
  readonly place: PasskeyPlace;
  readonly challengeId: string;
  readonly answer: Answer;
  readonly name: string;
}

const action = "user.passkey-begin";

/** Asks the browser of a caller for a new passkey. Throws NOT_A_USER, LOGIN_UNAVAILABLE and MANAGED_BY_LOGIN. */
export async function beginRegistration(
  context: LoginContext,
  asked: Steps<MakingAsked>,
  call: IdentityCall,
  place: PasskeyPlace,
): Promise<Begun> {
  const { tenant, slug } = call.caller;
  await requireMaker(context, call);
  const user = await requireLiveUser(context, call, action, { tenant, slug, what: "make a passkey of" });
  await refuseManaged(context, call, action, user);
  return begin(context, asked, place, { tenant, slug, passkeys: user.passkeys, isInvited: false });
}

/**
 * Stores a new passkey of the caller. The question was for the same user, and counts once. Throws INVALID_FIELD,
 * LOGIN_EXPIRED, and what `addPasskey` throws.
 */
export async function finishRegistration(
  context: LoginContext,
  asked: Steps<MakingAsked>,
  call: IdentityCall,
  given: Given,
): Promise<Passkey & { readonly slug: string }> {
  const { tenant, slug } = call.caller;
  const { answer, name } = given;
  await requireMaker(context, call);
  const question = await asked.take(given.challengeId);
  if (question === undefined || question.isInvited || question.tenant !== tenant || question.slug !== slug) {
    throw passkeyExpired();
  }
  const made = await verifyMade(given.place, question.challenge, answer);
  if (made === undefined) {
    const message = "credential does not verify: it must be the answer to this question, given at this address";
    throw new SecretError({ reason: "INVALID_FIELD", message, field: "credential" });
  }
  return addPasskey(context, call, {
    tenant,
    slug,
    handle: question.handle,
    made: { ...made, name },
    rule: "own-passkey",
  });
}

/** Asks the browser of someone who is invited. Throws LOGIN_EXPIRED. */
export async function beginInvitation(
  context: LoginContext,
  asked: Steps<MakingAsked>,
  call: LoginCall,
  { place, invitation }: { readonly place: PasskeyPlace; readonly invitation: string },
): Promise<Begun & { readonly tenant: string; readonly slug: string }> {
  const { user } = await requireInvited(context, call, invitation);
  const { tenant, slug, passkeys } = user;
  return { ...(await begin(context, asked, place, { tenant, slug, passkeys, isInvited: true })), tenant, slug };
}

/** Stores the passkey of someone who is invited, uses the invitation up, and returns a code for a session. */
export async function acceptInvitation(
  context: LoginContext,
  asked: Steps<MakingAsked>,
  call: LoginCall,
  given: Given & { readonly invitation: string },
): Promise<string> {
  const { answer, name } = given;
  const { user, secret } = await requireInvited(context, call, given.invitation);
  const { tenant, slug } = user;
  const question = await asked.take(given.challengeId);
  if (question?.isInvited !== true || question.tenant !== tenant || question.slug !== slug) throw passkeyExpired();
  const verified = await verifyMade(given.place, question.challenge, answer);
  if (verified === undefined) {
    context.countFailure(call.peer);
    throw new SecretError({ reason: "UNAUTHENTICATED", message: "the answer of the passkey does not verify" });
  }
  const made: MadePasskey = { ...verified, name };
  const caller = callerWithoutRights(tenant, slug);
  // Of two that accept it at once, one gets in.
  const check = (now: UserFields) => {
    if (!isInvitedBy(now, secret, context.now())) throw invitationOver();
  };
  const adding = { tenant, slug, handle: question.handle, made, rule: "invitation", check };
  const passkey = await addPasskey(context, { ...call, caller }, adding);
  return createCode(context, "handoff", planFromPasskey(context, user, passkey));
}

async function begin(
  context: LoginContext,
  asked: Steps<MakingAsked>,
  place: PasskeyPlace,
  { passkeys, ...of }: Pick<MakingAsked, "tenant" | "slug" | "isInvited"> & Pick<StoredUser, "passkeys">,
): Promise<Begun> {
  const handle = passkeys?.handle ?? newHandle();
  const { options, challenge } = await askToMake(place, { ...of, handle, keys: passkeys?.keys ?? [] });
  const challengeId = newStepSecret();
  await asked.add(challengeId, { ...of, challenge, handle }, context.now() + limits.passkeyMs);
  return { challengeId, options };
}

/**
 * A passkey outlasts the token of the call. So it takes a session that began with a passkey, or someone who could
 * invite themselves: otherwise a stolen token would be worth more than it lasts, and revoking it would not be enough.
 */
async function requireMaker(context: LoginContext, call: IdentityCall): Promise<void> {
  const { caller } = call;
  await tenantOf(context, call, action, "");
  if (isIssued(caller)) {
    const message = "a passkey belongs to a user: use a token of this service, not one of a token issuer";
    throw await refuse(context, call, action, [{ reason: "NOT_A_USER", message }]);
  }
  if (managesUsers(call, caller.tenant)) return;
  const token = await context.store.findToken(caller.tenant, caller.tokenId);
  if (isPasskeyId(token?.session?.parent ?? "")) return;
  const message = "this session did not begin with a passkey; ask an admin to invite you, with: oo user invite";
  throw await refuse(context, call, action, [{ reason: "LOGIN_UNAVAILABLE", message }]);
}

async function requireInvited(context: LoginContext, call: LoginCall, invitation: string) {
  const code = readInvitationCode(invitation);
  const stored = code && (await context.store.findUser(code.tenant, code.slug));
  const [user] = stored === undefined ? [] : await intactUsers(context, [stored]);
  const isGood =
    code !== undefined &&
    user !== undefined &&
    isInvitedBy(user, code.secret, context.now()) &&
    user.login === undefined &&
    !(await context.lastChanges.isUserPutBack(user));
  if (isGood) return { user, secret: code.secret };
  context.countFailure(call.peer);
  throw invitationOver();
}
