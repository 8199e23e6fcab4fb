import { SecretError } from "../error.ts";
import type { Context } from "../rules/context.ts";
import { type CallInfo, refuse } from "../rules/decision-record.ts";
import { keyProblem } from "../rules/secret-key.ts";
import { changeSecret, type Decided } from "./change-secret.ts";
import { planRemoval } from "./plan-removal.ts";
import { refusal } from "./put-value.ts";
import { loadValueHistory } from "./value-version.ts";
import { findVersionSubject } from "./version-subject.ts";

const action = "secret.remove";

/**
 * Removes one secret or, with `versions`, only if its current value is among them. Nothing happens to a secret that the
 * caller cannot see, or that was removed before. Throws MISSING_RIGHT, and INVALID_FIELD for the version of an older
 * value.
 */
export async function removeValue(
  context: Context,
  call: CallInfo,
  key: string,
  versions: readonly number[] | undefined,
): Promise<void> {
  await changeSecret(context, call, { action, key, grows: false }, async (): Promise<Decided<void>> => {
    const nothing = refusal("not-found", { key }, undefined);
    if (keyProblem(key) !== undefined) return { ...nothing, entry: { ...nothing.entry, names: [] } };
    const current = await findVersionSubject(context, call, action, key, "write");
    if (current === undefined || current.stored.removed) return nothing;
    const at = { index: 0, field: "key", ifVersion: undefined };
    const plan = planRemoval({ principal: call.caller, key, current, nowMs: context.now(), ...at });
    if ("failure" in plan) throw await refuse(context, call, action, [plan.failure]);
    if (plan.kind === "unchanged") throw new Error("a removal changes its secret");
    if (versions !== undefined) {
      const { current: value, broughtValue } = await loadValueHistory(context, call, current.stored);
      if (broughtValue.some(({ version }) => version !== value.version && versions.includes(version))) {
        const message = `only the newest version, ${value.version}, can be deleted; older ones can be destroyed`;
        throw new SecretError({ reason: "INVALID_FIELD", message, key, field: "versions" });
      }
      if (!versions.includes(value.version)) return refusal("not-current", { key }, undefined);
    }
    const { fields, rule } = plan;
    const entry = { decision: "allowed", rule, key, version: fields.version } as const;
    return { write: plan, entry, result: undefined };
  });
}
