import { createdFilter } from "../audit/save-action.ts";
import type { Context } from "../rules/context.ts";
import type { CallInfo } from "../rules/decision-record.ts";
import { keyProblem } from "../rules/secret-key.ts";
import { changeSecret, type Decided } from "./change-secret.ts";
import { refusal } from "./put-value.ts";
import { loadValueHistory } from "./value-version.ts";
import { decideRestore, findVersionSubject } from "./version-subject.ts";

const action = "secret.restore";

/**
 * Brings a removed secret back with its newest value, lists and metadata, if the version of that value is among
 * `versions`. Nothing happens to any other secret.
 */
export async function bringBack(
  context: Context,
  call: CallInfo,
  key: string,
  versions: readonly number[],
): Promise<void> {
  await changeSecret(context, call, { action, key, grows: true }, async (): Promise<Decided<void>> => {
    const nothing = refusal("not-found", { key }, undefined);
    if (keyProblem(key) !== undefined) return { ...nothing, entry: { ...nothing.entry, names: [] } };
    const removed = await findVersionSubject(context, call, action, key, "write");
    if (removed === undefined) return nothing;
    if (!removed.stored.removed) return refusal("not-removed", { key }, undefined);
    const { current, newest, metadata } = await loadValueHistory(context, call, removed.stored);
    if (newest === undefined || !versions.includes(current.version)) return refusal("not-current", { key }, undefined);
    const { kid: _kid, envelope: _envelope, ...fields } = removed.stored;
    const nowMs = context.now();
    const version = fields.version + 1;
    const changed = { metadata, updatedAtMs: nowMs, updatedBy: call.caller.slug, valueChangedAtMs: nowMs };
    const { rule } = decideRestore(call.caller, removed.stored);
    return {
      write: {
        fields: { ...fields, ...changed, version, removed: false },
        plaintext: newest.plaintext,
        expectedVersion: fields.version,
      },
      entry: { decision: "allowed", rule, key, version, filter: `version=${newest.stored.version} ${createdFilter}` },
      result: undefined,
    };
  });
}
