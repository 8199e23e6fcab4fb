import type { Failure } from "../error.ts";
import { decide, isVisible, type Principal } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import type { CallInfo } from "../rules/decision-record.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import type { SavePlan } from "./plan-save.ts";
import { notGranted } from "./save-failures.ts";
import { isFailure, type VerifiedSecret, verify } from "./verified-secret.ts";

export interface RemovalPlanInput {
  readonly principal: Principal;
  readonly key: string;
  readonly current: VerifiedSecret | undefined;
  readonly ifVersion: number | undefined;
  readonly nowMs: number;
  readonly index: number;
  readonly field: string;
}

/**
 * Decides what the removal of one secret does. A document without value and metadata stays behind. It keeps the id, the
 * version counter and the lists, so that another user cannot take over the key.
 */
export function planRemoval(input: RemovalPlanInput): SavePlan {
  const { principal, key, current, ifVersion, nowMs, index, field } = input;
  const at = { key, index, field };
  const stored = current?.stored;
  if (stored === undefined || !isVisible(principal, stored)) return { kind: "forbidden", failure: notFound(at) };
  const decision = decide(principal, stored, "delete");
  if (!decision.allowed) {
    const why =
      decision.rule === "not-granted"
        ? notGranted(key, "remove")
        : ({ reason: "MISSING_RIGHT", message: `no right to delete ${key}` } as const);
    return { kind: "forbidden", failure: { ...why, right: "delete", ...at } };
  }
  if (ifVersion !== undefined && ifVersion !== stored.version) {
    const message = `${key} is at version ${stored.version}, not at version ${ifVersion}`;
    return { kind: "stale", failure: { reason: "STALE_VERSION", message, ...at, field: `${field}.ifVersion` } };
  }
  const { kid: _kid, envelope: _envelope, ...fields } = stored;
  return {
    kind: "write",
    outcome: "updated",
    fields: {
      ...fields,
      version: stored.version + 1,
      metadata: [],
      updatedAtMs: nowMs,
      updatedBy: principal.slug,
      removed: true,
    },
    plaintext: { value: undefined, sealedDigest: undefined },
    expectedVersion: stored.version,
    formerLists: stored.lists,
    changedFields: [],
    listChanges: [],
    rule: decision.rule,
  };
}

/**
 * Why the caller may no longer remove what an earlier request of theirs has removed; undefined when they still may. The
 * lists decide, because a removal keeps them.
 */
export function repeatedRemovalFailure(
  context: Context,
  call: CallInfo,
  stored: StoredSecret | undefined,
  at: { readonly key: string; readonly index: number; readonly field: string },
): Failure | undefined {
  const verified = stored === undefined ? undefined : verify(context, stored);
  if (verified !== undefined && isFailure(verified)) return { ...verified, ...at };
  const current = verified && { ...verified, stored: { ...verified.stored, removed: false } };
  const plan = planRemoval({ ...at, principal: call.caller, current, ifVersion: undefined, nowMs: context.now() });
  return plan.kind === "forbidden" ? plan.failure : undefined;
}

function notFound(at: { readonly key: string; readonly index: number; readonly field: string }): Failure {
  return { reason: "NOT_FOUND", message: `there is no secret ${at.key} that you can see`, ...at };
}
