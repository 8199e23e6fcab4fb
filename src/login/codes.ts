import { hash, randomBytes } from "node:crypto";
import { SecretError } from "../error.ts";
import { isPasskeyId } from "../identity/passkeys.ts";
import { limits } from "../limits.ts";
import type { SessionPlan } from "./session-plan.ts";
import { addStep, findStep, type StepContext, takeStep } from "./steps.ts";

/** `handoff`: handed to a browser by a program. `claim`: in a cookie, for a login that a browser has finished. */
export type CodeKind = "handoff" | "claim";

const codeForm = /^[A-Za-z0-9_-]{43}$/;

/** A code for one session, valid once and, unless more is asked for, for a minute. Only its hash is stored. */
export async function createCode(
  context: StepContext,
  kind: CodeKind,
  plan: SessionPlan,
  validMs: number = limits.claimMs,
): Promise<string> {
  const code = randomBytes(32).toString("base64url");
  await addStep(context, idOf(kind, code), plan, context.now() + validMs);
  return code;
}

/** What a code is for, without using it up. Throws LOGIN_EXPIRED. */
export async function readCode(context: StepContext, kind: CodeKind, code: string): Promise<SessionPlan> {
  return (await find(context, kind, code)).content;
}

/** Uses a code up. Throws LOGIN_EXPIRED, also for the second of two that use it at once. */
export async function takeCode(context: StepContext, kind: CodeKind, code: string): Promise<SessionPlan> {
  const step = await find(context, kind, code);
  if (!(await takeStep(context, step))) throw expired();
  return step.content;
}

/** Uses the code of someone up who has just shown a passkey. Undefined for any other code. */
export async function takePasskeyCode(context: StepContext, code: string): Promise<SessionPlan | undefined> {
  const id = idOf("handoff", code);
  const step = codeForm.test(code) ? await findStep<SessionPlan>(context, id) : undefined;
  if (step === undefined || !isPasskeyId(step.content.parent)) return undefined;
  return (await takeStep(context, step)) ? step.content : undefined;
}

async function find(context: StepContext, kind: CodeKind, code: string) {
  const step = codeForm.test(code) ? await findStep<SessionPlan>(context, idOf(kind, code)) : undefined;
  if (step === undefined) throw expired();
  return step;
}

function idOf(kind: CodeKind, code: string): string {
  return `${kind} ${hash("sha256", code)}`;
}

function expired(): SecretError {
  const message = "this sign-in took too long, was used already, or was not begun here; begin again";
  return new SecretError({ reason: "LOGIN_EXPIRED", message });
}
