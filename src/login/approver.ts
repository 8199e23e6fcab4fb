import { limits } from "../limits.ts";
import { grantTexts } from "../rules/grants.ts";
import { type LoginCall, planFromLogin, previewLogin } from "./log-in.ts";
import { previewSession } from "./open-session.ts";
import type { PeopleContext } from "./people-context.ts";
import type { Approver, SessionPlan } from "./session-plan.ts";

/** Whom the person is here, without changing anything. A refusal is recorded. Throws LOGIN_DENIED. */
export async function previewApprover(
  { identity }: PeopleContext,
  call: LoginCall,
  approver: Approver,
): Promise<{ readonly tenant: string; readonly slug: string }> {
  if ("passkey" in approver) return previewSession(identity, call, approver.passkey);
  return (await previewLogin(identity, call, approver)).user;
}

/** The plan of the longest session of the person, narrowed as everyone's is. */
export async function planOfApprover(
  context: PeopleContext,
  call: LoginCall,
  approver: Approver,
): Promise<SessionPlan> {
  if ("passkey" in approver) return approver.passkey;
  return planFromLogin(context, approver, await previewLogin(context.identity, call, approver));
}

/** As whom, and how, the person is recorded. */
export function namesOf(approver: Approver): {
  readonly tenant: string;
  readonly slug: string;
  readonly method: string;
} {
  if (!("passkey" in approver)) return { ...approver.user, method: approver.provider };
  const { tenant, slug, rule } = approver.passkey;
  return { tenant, slug, method: rule };
}

/** How long sessions of the person last. */
export function longestOf(context: PeopleContext, approver: Approver): number {
  if ("passkey" in approver) return limits.sessionMs;
  return context.clientOf(approver.provider)?.provider.sessionMs ?? limits.sessionMinMs;
}

/** What every session of the person is narrowed to; empty for nothing. */
export function narrowedTo(approver: Approver): readonly string[] {
  return "passkey" in approver ? [] : grantTexts(approver.user.grants);
}
