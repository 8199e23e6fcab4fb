import { isNarrowed, isVisible } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { type CallInfo, refuse } from "../rules/decision-record.ts";
import { oldVersionsFilter } from "../rules/put-back.ts";
import { keyProblem } from "../rules/secret-key.ts";
import { sameValue } from "../text/secret-value.ts";
import { changeSecret, type Decided } from "./change-secret.ts";
import { planRemoval } from "./plan-removal.ts";
import { loadCurrent, refusal } from "./put-value.ts";
import { loadValueHistory, type ValueHistory } from "./value-version.ts";
import type { VerifiedSecret } from "./verified-secret.ts";

const action = "secret.purge";

/**
 * Permanently deletes versions of one secret, with all that have the same value, and removes the secret in the same
 * commit if that is its current one. Numbers that do not exist are passed over. Admins only; to others an invisible
 * secret is like a missing one, and nothing happens.
 */
export async function destroyVersions(
  context: Context,
  call: CallInfo,
  key: string,
  versions: readonly number[],
): Promise<void> {
  await changeSecret(context, call, { action, key, grows: false }, async (): Promise<Decided<void>> => {
    const nothing = refusal("not-found", { key }, undefined);
    if (keyProblem(key) !== undefined) return { ...nothing, entry: { ...nothing.entry, names: [] } };
    const current = await loadCurrent(context, call, key);
    if (current === undefined || !isKnown(call, current)) return nothing;
    if (!call.caller.admin || isNarrowed(call.caller)) {
      throw await refuse(context, call, action, [
        { reason: "ADMIN_ONLY", message: "only admins destroy versions", key },
      ]);
    }
    const history = await loadValueHistory(context, call, current.stored);
    const doomed = withSameValue(history, versions);
    if (doomed.length === 0) return refusal("not-found", { key }, undefined);
    const plan =
      holdsNewest(history, doomed) && !current.stored.removed
        ? planRemoval({
            principal: call.caller,
            key,
            current,
            ifVersion: undefined,
            nowMs: context.now(),
            index: 0,
            field: "key",
          })
        : undefined;
    if (plan !== undefined && plan.kind !== "write") throw new Error("an admin may remove every secret");
    const version = plan?.fields.version ?? current.stored.version;
    return { write: plan, ...purgeOf(key, version, doomed), result: undefined };
  });
}

/**
 * The retained versions with the values that `versions` have: saves of metadata and lists make versions of the same
 * value.
 */
export function withSameValue({ withValue }: ValueHistory, versions: readonly number[]): readonly number[] {
  const named = withValue.filter(({ stored }) => versions.includes(stored.version));
  return withValue
    .filter((each) => named.some((other) => isSameValue(each, other)))
    .map(({ stored }) => stored.version);
}

/** Two changes in the same millisecond are distinguished by what they saved. */
function isSameValue(a: VerifiedSecret, b: VerifiedSecret): boolean {
  const [one, other] = [a.plaintext.value, b.plaintext.value];
  if (a.stored.valueChangedAtMs !== b.stored.valueChangedAtMs) return false;
  return one === undefined || other === undefined ? one === other : sameValue(one, other);
}

/** Whether the newest value is among these versions. */
export function holdsNewest({ newest }: ValueHistory, doomed: readonly number[]): boolean {
  return newest !== undefined && doomed.includes(newest.stored.version);
}

/** The purge of some versions of a secret that then is at `version`, and its record. */
export function purgeOf(key: string, version: number, doomed: readonly number[]) {
  const filter = `${oldVersionsFilter}=${doomed.toSorted((a, b) => a - b).join(",")}`;
  return {
    purges: [{ key, version, keepCurrent: true, versions: doomed }],
    entry: { decision: "allowed", rule: "admin", key, version, filter },
  } as const;
}

function isKnown({ caller }: CallInfo, { stored }: VerifiedSecret): boolean {
  return caller.admin || isVisible(caller, { ...stored, removed: false });
}
