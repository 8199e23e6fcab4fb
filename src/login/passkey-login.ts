import { SecretError } from "../error.ts";
import { changeIdentities, type IdentityContext, intactUsers } from "../identity/directory.ts";
import { limits } from "../limits.ts";
import { callerWithoutRights } from "../rules/caller.ts";
import { anonymousRecord } from "../rules/decision-record.ts";
import { passkeyUse } from "../rules/last-changes.ts";
import type { Passkey, StoredUser } from "../store/identity-rows.ts";
import { createCode } from "./codes.ts";
import type { PasskeyPlace } from "./host.ts";
import type { LoginCall } from "./log-in.ts";
import type { LoginContext } from "./login-context.ts";
import { newStepSecret, type Steps } from "./named-steps.ts";
import type { Answer } from "./passkey-fields.ts";
import type { SessionPlan } from "./session-plan.ts";
import { askToSignIn, isCountedUp, verifyUse } from "./webauthn.ts";

/** A question that was put to a browser. */
export interface SignInAsked {
  readonly challenge: string;
}

export interface Begun {
  readonly challengeId: string;
  readonly options: string;
}

/** Asks a browser for a passkey. */
export async function beginPasskeyLogin(
  context: LoginContext,
  asked: Steps<SignInAsked>,
  place: PasskeyPlace,
): Promise<Begun> {
  const { options, challenge } = await askToSignIn(place);
  const challengeId = newStepSecret();
  await asked.add(challengeId, { challenge }, context.now() + limits.passkeyMs);
  return { challengeId, options };
}

/**
 * Checks the answer of a passkey, and returns a code for a session. An answer counts once, whether it is right or not.
 * Throws UNAUTHENTICATED, LOGIN_DENIED, LOGIN_EXPIRED and INTEGRITY.
 */
export async function finishPasskeyLogin(
  context: LoginContext,
  asked: Steps<SignInAsked>,
  call: LoginCall,
  {
    place,
    challengeId,
    answer,
  }: { readonly place: PasskeyPlace; readonly challengeId: string; readonly answer: Answer },
): Promise<string> {
  const question = await asked.take(challengeId);
  if (question === undefined) throw passkeyExpired();
  const found = await findPasskey(context, answer);
  if (found === undefined) {
    context.countFailure(call.peer);
    throw wrongAnswer();
  }
  const { user, passkey } = found;
  const counter = await verifyUse(place, question.challenge, answer, passkey);
  if (typeof counter === "string") {
    context.countFailure(call.peer);
    throw await refused(context, call, user, counter === "counter" ? "passkey-counter" : "passkey", wrongAnswer());
  }
  await requireUsable(context, call, user, passkey);
  if (counter !== passkey.counter) await noteUse(context, call, user, passkey, counter);
  return createCode(context, "handoff", planFromPasskey(context, user, passkey));
}

/** The plan of a session of someone who has just shown a passkey. */
export function planFromPasskey(
  { now }: Pick<IdentityContext, "now">,
  { tenant, slug }: Pick<StoredUser, "tenant" | "slug">,
  { id }: Pick<Passkey, "id">,
): SessionPlan {
  const endAtMs = now() + limits.sessionMs;
  return { tenant, slug, grants: [], issuer: "", parent: id, sid: "", refreshToken: "", endAtMs, rule: "passkey" };
}

/**
 * The passkey that an answer names. Its id alone proves nothing, and belongs to the user whom the authenticator names.
 */
async function findPasskey(context: LoginContext, { id, response }: Answer) {
  const { userHandle } = response;
  if (typeof userHandle !== "string" || !/^[A-Za-z0-9_-]{43}$/.test(userHandle)) return undefined;
  for (const user of await intactUsers(context, await context.store.findUsersByHandle(userHandle))) {
    const passkey = user.passkeys?.keys.find(({ credential }) => credential === id);
    if (passkey !== undefined) return { user, passkey };
  }
  return undefined;
}

async function requireUsable(
  context: LoginContext,
  call: LoginCall,
  user: StoredUser,
  { id, counter }: Passkey,
): Promise<void> {
  const { tenant, slug } = user;
  const { lastChanges } = context;
  const isBehind = async () => {
    const logged = await lastChanges.passkeyCount(tenant, id);
    if (logged <= counter) return false;
    // The row was read before the log: another login may have counted since then.
    const now = await context.store.findUser(tenant, slug);
    return logged > (now?.passkeys?.keys.find((key) => key.id === id)?.counter ?? 0);
  };
  if ((await lastChanges.isUserPutBack(user)) || (await isBehind())) {
    await context.integrity.report({ kind: "user", cause: "put-back", tenant, name: slug });
    const message = "the stored row of your user does not verify; ask an admin";
    throw await refused(context, call, user, "damaged", new SecretError({ reason: "LOGIN_DENIED", message }));
  }
  if (!user.removed && user.login === undefined) return;
  const message = "this passkey can no longer be used here";
  throw await refused(context, call, user, "user-over", new SecretError({ reason: "LOGIN_DENIED", message }));
}

/** Stores how often a passkey was used. Of two answers with the same count, one gets in. */
async function noteUse(
  context: LoginContext,
  call: LoginCall,
  { tenant, slug }: StoredUser,
  { id }: Passkey,
  counter: number,
): Promise<void> {
  const caller = callerWithoutRights(tenant, slug);
  await changeIdentities(context, { ...call, caller }, tenant, async () => {
    const stored = await context.store.findUser(tenant, slug);
    const [user] = stored === undefined ? [] : await intactUsers(context, [stored]);
    const passkey = user?.passkeys?.keys.find((each) => each.id === id);
    if (user?.passkeys === undefined || passkey === undefined || !isCountedUp(passkey.counter, counter)) {
      throw wrongAnswer();
    }
    const { kid: _kid, mac: _mac, ...fields } = user;
    const keys = user.passkeys.keys.map((each) => (each === passkey ? { ...each, counter } : each));
    // The last change of the user stays the last one: the log has the session.
    const counted = { ...fields, passkeys: { ...user.passkeys, keys } };
    // Someone who writes to the database can put back an earlier count, but cannot take this one out of the log
    // unnoticed.
    const record = { action: passkeyUse, decision: "allowed", rule: "passkey", key: id, version: counter } as const;
    const audit = [{ ...record, names: [slug], isChange: false }];
    return { users: [counted], tokens: [], audit, keepsRights: true, result: undefined };
  });
}

async function refused(
  context: LoginContext,
  { requestId, peer }: LoginCall,
  { tenant, slug }: StoredUser,
  rule: string,
  error: SecretError,
): Promise<SecretError> {
  const entry = { action: "session.refused", decision: "denied", rule, key: slug, names: ["passkey"] } as const;
  await context.accessLog.record([{ ...anonymousRecord(tenant, context.now(), entry, peer), requestId }]);
  error.audited = true;
  return error;
}

function wrongAnswer(): SecretError {
  const message = "the answer of this passkey does not verify, or the passkey is not known here";
  return new SecretError({ reason: "UNAUTHENTICATED", message });
}

/** The error for a question that is over. */
export function passkeyExpired(): SecretError {
  const message = "this took too long, was used already, or was not begun here; begin again";
  return new SecretError({ reason: "LOGIN_EXPIRED", message });
}
