import { type Failure, SecretError } from "../error.ts";
import { commitWithRetries } from "../rules/commit-with-retries.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo, refuse, refuseAny } from "../rules/decision-record.ts";
import { requireAdmin } from "../rules/require-role.ts";
import { positionsOf, selectNames } from "../rules/selection.ts";
import { isFailure, loadByKeys, verify } from "./verified-secret.ts";

export interface PurgeRequest {
  readonly keys: readonly string[];
  /** Purges the old versions of secrets and keeps the current ones. */
  readonly oldVersions: boolean;
}

export interface PurgedSecret {
  readonly key: string;
  /** The last version, or with `oldVersions` the one that stays. */
  readonly version: number;
}

const action = "secret.purge";

/**
 * Permanently deletes removed secrets, or the old versions of secrets: all that are named, or none. Admins only.
 * Afterwards nothing can be brought back. A purged key is free, and starts at version 1 again.
 */
export async function purgeSecrets(
  context: Context,
  call: CallInfo,
  { keys, oldVersions }: PurgeRequest,
): Promise<readonly PurgedSecret[]> {
  const names = { keys, ids: [], key: "", id: "" };
  const selection = selectNames(names);
  if (selection.keys.length === 0) {
    throw new SecretError({ reason: "INVALID_FIELD", message: "keys must name a secret", field: "keys" });
  }
  await requireAdmin(context, call, action, "purge secrets");
  const attempt = async () => {
    const found = await loadByKeys(context, call.caller, selection.keys);
    const failures: Failure[] = [];
    const purged = positionsOf(names).flatMap(({ name: key, index, field }): PurgedSecret[] => {
      const stored = found.get(key);
      const failure = purgeFailure(context, key, stored, oldVersions);
      if (failure !== undefined) failures.push({ ...failure, key, index, field });
      return stored === undefined ? [] : [{ key, version: stored.version }];
    });
    await refuseAny(context, call, action, failures);
    const nowMs = context.now();
    const filter = oldVersions ? "oldVersions" : "";
    const outcome = await context.store.commitSecrets({
      tenant: call.caller.tenant,
      changes: [],
      purges: purged.map(({ key, version }) => ({ key, version, keepCurrent: oldVersions })),
      audit: purged.map((each) =>
        auditRecord(call, nowMs, { action, decision: "allowed", rule: "admin", filter, ...each }),
      ),
      idempotency: undefined,
    });
    return { status: outcome.status, result: purged };
  };
  return commitWithRetries({
    attempt,
    contention: { message: "other writers changed these secrets during every attempt; try again" },
    refuse: (failure) => refuse(context, call, action, [failure]),
  });
}

function purgeFailure(
  context: Context,
  key: string,
  stored: Parameters<typeof verify>[1] | undefined,
  oldVersions: boolean,
): Failure | undefined {
  if (stored === undefined) return { reason: "NOT_FOUND", message: `there is no secret ${key}` };
  const verified = verify(context, stored);
  if (isFailure(verified)) return verified;
  if (stored.removed || oldVersions) return undefined;
  return { reason: "IN_USE", message: `${key} is not removed; remove it first, or purge its old versions only` };
}
