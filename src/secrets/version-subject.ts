import type { SecretError } from "../error.ts";
import { limits } from "../limits.ts";
import { type Decision, decide, decideCreate, isVisible, type Principal } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { type CallInfo, refuse } from "../rules/decision-record.ts";
import { keyProblem } from "../rules/secret-key.ts";
import { requireWellFormed } from "../rules/selection.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import { notGranted } from "./save-failures.ts";
import { isFailure, loadByKeys, type VerifiedSecret, verify } from "./verified-secret.ts";

const field = "key";

/** Throws unless it has the form of a key. */
export function checkVersionKey(key: string): void {
  requireWellFormed(field, key === "" ? { rule: "must name a secret" } : keyProblem(key));
}

/**
 * The secret whose versions somebody asks for, verified. To those without any right on it it does not exist; a removed one
 * exists only for those who may bring it back, and only as long as it can be. Throws NOT_FOUND and INTEGRITY.
 */
export async function loadVersionSubject(
  context: Context,
  call: CallInfo,
  action: string,
  key: string,
): Promise<VerifiedSecret> {
  const stored = (await loadByKeys(context, call.caller, [key])).get(key);
  const verified = stored === undefined ? undefined : verify(context, stored);
  if (verified !== undefined && isFailure(verified))
    throw await refuse(context, call, action, [{ ...verified, field }]);
  if (verified !== undefined && exists(call.caller, verified.stored, context.now())) return verified;
  const message = `there is no secret ${key}, or not for you`;
  throw await refuse(context, call, action, [{ reason: "NOT_FOUND", message, key, field }]);
}

/** Whether the caller may have the value that a version of the secret had. */
export function decideVersionRead(principal: Principal, stored: StoredSecret): Decision {
  return decide(principal, { ...stored, removed: false }, "read");
}

/** Whether the caller may make an old value the current one: by writing, or by bringing the secret back. */
export function decideRestore(principal: Principal, stored: StoredSecret): Decision {
  return stored.removed ? decideCreate(principal, stored.key, stored) : decide(principal, stored, "write");
}

/** The refusal of somebody who sees the secret. */
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
  if (!stored.removed) return isVisible(principal, stored);
  return stored.updatedAtMs > nowMs - limits.undeleteMs && decideCreate(principal, stored.key, stored).allowed;
}
