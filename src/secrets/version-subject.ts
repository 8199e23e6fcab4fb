import type { SecretError } from "../error.ts";
import { type Decision, decide, decideCreate, isVisible, type Principal } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { type CallInfo, refuse } from "../rules/decision-record.ts";
import { keyProblem } from "../rules/secret-key.ts";
import { requireWellFormed } from "../rules/selection.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import { notGranted } from "./save-failures.ts";
import { canBringBack, isFailure, loadByKeys, type VerifiedSecret, verifyLatest } from "./verified-secret.ts";

const field = "key";

/** Throws unless `key` has the form of a key. */
export function checkVersionKey(key: string): void {
  requireWellFormed(field, key === "" ? { rule: "must name a secret" } : keyProblem(key));
}

/**
 * The verified secret whose versions the caller asks for. For a caller without any right on it, the secret does not
 * exist. A removed secret exists only for callers who may bring it back, and only while that is possible. Throws
 * NOT_FOUND and INTEGRITY.
 */
export async function loadVersionSubject(
  context: Context,
  call: CallInfo,
  action: string,
  key: string,
): Promise<VerifiedSecret> {
  const found = await findVersionSubject(context, call, action, key, "write");
  if (found !== undefined) return found;
  const message = `there is no secret ${key} that you can see`;
  throw await refuse(context, call, action, [{ reason: "NOT_FOUND", message, key, field }]);
}

/** The same; undefined when there is none. Records nothing then. Throws INTEGRITY. */
export async function findVersionSubject(
  context: Context,
  call: CallInfo,
  action: string,
  key: string,
  purpose: "read" | "write",
): Promise<VerifiedSecret | undefined> {
  const expected = context.lastChanges.expect(call.caller.tenant, [key], purpose);
  const stored = (await loadByKeys(context, call.caller, [key])).get(key);
  const verified = stored && (await verifyLatest(context, [stored], expected)).get(stored);
  if (verified !== undefined && isFailure(verified))
    throw await refuse(context, call, action, [{ ...verified, field }]);
  return verified !== undefined && exists(call.caller, verified.stored, context.now()) ? verified : undefined;
}

/** Whether the caller may read the value of a version. */
export function decideVersionRead(principal: Principal, stored: StoredSecret): Decision {
  return decide(principal, { ...stored, removed: false }, "read");
}

/** Whether the caller may make an old value the current one: by a write, or by bringing back the secret. */
export function decideRestore(principal: Principal, stored: StoredSecret): Decision {
  return stored.removed ? decideCreate(principal, stored.key, stored) : decide(principal, stored, "write");
}

/** The refusal for a caller who can see the secret but lacks the right. */
export async function missingRight(
  context: Context,
  call: CallInfo,
  action: string,
  right: "read" | "write",
  { key, decision }: { readonly key: string; readonly decision: Decision },
): Promise<SecretError> {
  const why =
    decision.rule === "not-granted"
      ? notGranted(key, right === "read" ? "read" : "save-value")
      : ({ reason: "MISSING_RIGHT", message: `no right to ${right} ${key}` } as const);
  return refuse(context, call, action, [{ ...why, right, key, field }]);
}

function exists(principal: Principal, stored: StoredSecret, nowMs: number): boolean {
  return stored.removed ? canBringBack(principal, stored, nowMs) : isVisible(principal, stored);
}
