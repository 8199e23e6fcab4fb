import { isNarrowed, isVisible } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { type CallInfo, refuse } from "../rules/decision-record.ts";
import { oldVersionsFilter } from "../rules/put-back.ts";
import { keyProblem } from "../rules/secret-key.ts";
import { changeSecret, type Decided } from "./change-secret.ts";
import { planRemoval } from "./plan-removal.ts";
import { loadCurrent, refusal } from "./put-value.ts";
import { loadValueHistory } from "./value-version.ts";
import type { VerifiedSecret } from "./verified-secret.ts";

const action = "secret.purge";

/**
 * Permanently deletes versions of one secret, and removes it in the same commit if one of them has its current value. Numbers
 * that do not exist are passed over. Admins only; to others an invisible secret is like a missing one, and nothing happens.
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
    const { stored } = current;
    const history = await loadValueHistory(context, call, stored);
    // Saves of metadata and lists make versions with the same value: they go with it.
    const sameValue = (number: number) => number >= history.current.version;
    const wantsCurrent = history.newest !== undefined && versions.includes(history.current.version);
    const doomed = history.withValue
      .map((row) => row.stored.version)
      .filter((number) => versions.includes(number) || (wantsCurrent && sameValue(number)));
    if (doomed.length === 0) return refusal("not-found", { key }, undefined);
    const plan =
      wantsCurrent && !stored.removed
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
    const version = plan?.fields.version ?? stored.version;
    const filter = `${oldVersionsFilter}=${doomed.toSorted((a, b) => a - b).join(",")}`;
    return {
      write: plan,
      purges: [{ key, version, keepCurrent: true, versions: doomed }],
      entry: { decision: "allowed", rule: "admin", key, version, filter },
      result: undefined,
    };
  });
}

function isKnown({ caller }: CallInfo, { stored }: VerifiedSecret): boolean {
  return caller.admin || isVisible(caller, { ...stored, removed: false });
}
