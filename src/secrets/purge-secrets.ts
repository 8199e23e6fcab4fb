import { type Failure, SecretError } from "../error.ts";
import { commitWithRetries } from "../rules/commit-with-retries.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo, refuse, refuseAny } from "../rules/decision-record.ts";
import { oldVersionsFilter } from "../rules/put-back.ts";
import { requireAdmin } from "../rules/require-role.ts";
import { positionsOf, selectNames } from "../rules/selection.ts";
import { damagedFilter, mayReplaceDamaged } from "./replace-damaged.ts";
import { isFailure, loadByKeys, type VerifiedSecret, verifyLatest } from "./verified-secret.ts";

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
 * A secret that does not verify need not be removed first: whether it is cannot be known. Afterwards nothing can be
 * brought back. A purged key is free, and starts at version 1 again.
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
    const expected = context.lastChanges.expect(call.caller.tenant, selection.keys, "write");
    const found = await loadByKeys(context, call.caller, selection.keys);
    const results = await verifyLatest(context, found.values(), expected);
    const failures: Failure[] = [];
    const damaged = new Set<string>();
    const purged = positionsOf(names).flatMap(({ name: key, index, field }): PurgedSecret[] => {
      const stored = found.get(key);
      const result = stored && results.get(stored);
      const isDamaged = result !== undefined && isFailure(result);
      if (isDamaged && mayReplaceDamaged(call.caller) && !oldVersions) damaged.add(key);
      const failure = damaged.has(key) ? undefined : purgeFailure(key, result, oldVersions);
      if (failure !== undefined) failures.push({ ...failure, key, index, field });
      return stored === undefined ? [] : [{ key, version: stored.version }];
    });
    await refuseAny(context, call, action, failures);
    const nowMs = context.now();
    const filterOf = (key: string) => (oldVersions ? oldVersionsFilter : damaged.has(key) ? damagedFilter : "");
    const outcome = await context.store.commitSecrets({
      tenant: call.caller.tenant,
      changes: [],
      purges: purged.map(({ key, version }) => ({
        key,
        version,
        keepCurrent: oldVersions,
        ...(damaged.has(key) ? { isDamaged: true } : {}),
      })),
      audit: purged.map(({ key, version }) => {
        const at = { key, version: shownVersion(version), filter: filterOf(key) };
        return auditRecord(call, nowMs, { action, decision: "allowed", rule: "admin", ...at });
      }),
      idempotency: undefined,
    });
    if (outcome.status === "committed") {
      for (const key of damaged) context.integrity.forget("secret", call.caller.tenant, key);
    }
    return {
      status: outcome.status,
      result: purged.map(({ key, version }) => ({ key, version: shownVersion(version) })),
    };
  };
  return commitWithRetries({
    attempt,
    contention: { message: "other writers changed these secrets during every attempt; try again" },
    refuse: (failure) => refuse(context, call, action, [failure]),
  });
}

/** In a damaged row the version may be any number, and not all fit into the contract. */
function shownVersion(version: number): number {
  return version < 0 || version >= 2 ** 32 ? 0 : version;
}

function purgeFailure(
  key: string,
  result: VerifiedSecret | Failure | undefined,
  oldVersions: boolean,
): Failure | undefined {
  if (result === undefined) return { reason: "NOT_FOUND", message: `there is no secret ${key}` };
  if (isFailure(result)) return result;
  if (result.stored.removed || oldVersions) return undefined;
  return { reason: "IN_USE", message: `${key} is not removed; remove it first, or purge its old versions only` };
}
