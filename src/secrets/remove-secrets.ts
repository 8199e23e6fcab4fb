import { type Failure, SecretError } from "../error.ts";
import { commitWithRetries } from "../rules/commit-with-retries.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo, refuse, refuseAny } from "../rules/decision-record.ts";
import type { Expected } from "../rules/last-changes.ts";
import {
  type NamesInput,
  positionsOf,
  type SelectedName,
  type Selection,
  selectNames,
  withNamedId,
} from "../rules/selection.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import { sealDocument } from "./document.ts";
import { checkIdempotencyKey, findAnswer, idempotencyRecord } from "./idempotency.ts";
import { planRemoval, repeatedRemovalFailure } from "./plan-removal.ts";
import {
  damagedFilter,
  mayReplaceDamaged,
  planDamagedRemoval,
  planReplacement,
  type Replacement,
} from "./replace-damaged.ts";
import { repeatRecord } from "./save-records.ts";
import { isFailure, loadByIds, loadByKeys, verifyLatest } from "./verified-secret.ts";

export interface RemoveRequest extends NamesInput {
  readonly idempotencyKey: string;
}

export interface RemovedSecret {
  readonly key: string;
  readonly id: string;
  readonly version: number;
}

const action = "secret.remove";
const rpc = "RemoveSecrets";

/** Removes secrets by key or by id: all of them, or none. Returns what was removed, in the order of the request. */
export async function removeSecrets(
  context: Context,
  call: CallInfo,
  request: RemoveRequest,
): Promise<readonly RemovedSecret[]> {
  checkIdempotencyKey(request.idempotencyKey);
  const selection = selectNames(request);
  const removed = await removeSelected(context, call, request, selection);
  return removed.map((each) => withNamedId(each, selection.keysNamedAsIds));
}

async function removeSelected(
  context: Context,
  call: CallInfo,
  request: RemoveRequest,
  selection: Selection,
): Promise<readonly RemovedSecret[]> {
  const names = { keys: selection.keys, ids: selection.ids };
  if (names.keys.length + names.ids.length === 0) {
    throw new SecretError({ reason: "INVALID_FIELD", message: "keys or ids must name a secret", field: "keys" });
  }
  const answer = await findAnswer(context, call, rpc, request.idempotencyKey, names);
  if (answer !== undefined) return answerAgain(context, call, JSON.parse(answer));
  const attempt = async () => {
    const plans = await planRemovals(context, call, selection, positionsOf(request));
    const removed = plans.map(({ fields: { key, id, version } }) => ({ key, id, version }));
    const nowMs = context.now();
    const outcome = await context.store.commitSecrets({
      tenant: call.caller.tenant,
      changes: plans.map(({ fields, plaintext, expectedVersion, formerLists, replacesDamaged }) => ({
        secret: sealDocument(context.keyring, fields, plaintext),
        expectedVersion,
        formerLists,
        ...(replacesDamaged === true ? { replacesDamaged } : {}),
      })),
      audit: plans.map(({ fields: { key, version }, rule, replacesDamaged }) => {
        const filter = replacesDamaged === true ? damagedFilter : "";
        return auditRecord(call, nowMs, { action, decision: "allowed", rule, key, version, filter });
      }),
      idempotency: idempotencyRecord(context, call, rpc, request.idempotencyKey, names, JSON.stringify(removed)),
    });
    if (outcome.status === "committed") {
      for (const { fields, replacesDamaged } of plans) {
        if (replacesDamaged === true) context.integrity.forget("secret", fields.tenant, fields.key);
      }
    }
    return { status: outcome.status, result: removed };
  };
  return commitWithRetries({
    attempt,
    startOver: () => removeSelected(context, call, request, selection),
    contention: { message: "other writers changed these secrets during every attempt; try again" },
    refuse: (failure) => refuse(context, call, action, [failure]),
  });
}

async function planRemovals(context: Context, call: CallInfo, selection: Selection, names: readonly SelectedName[]) {
  const { caller } = call;
  const expected = context.lastChanges.expect(caller.tenant, selection.keys, "write");
  const [byKey, byId] = await Promise.all([
    loadByKeys(context, caller, selection.keys),
    loadByIds(context, caller, selection.ids),
  ]);
  const failures: Failure[] = [];
  const seen = new Set<string>();
  const results = await verifyLatest(context, new Set([...byKey.values(), ...byId.values()]), expected);
  const damaged = await findDamaged(context, call, results, expected);
  const plans = names.flatMap(({ name, index, field }) => {
    const stored = byId.get(name) ?? byKey.get(name);
    const key = stored?.key ?? name;
    const replacement = stored && damaged.get(stored);
    const verified = stored === undefined || replacement !== undefined ? undefined : results.get(stored);
    if (verified !== undefined && isFailure(verified)) {
      failures.push({ ...verified, index, field });
      return [];
    }
    if (seen.has(key)) {
      const message = `${field} names a secret that the request names already`;
      failures.push({ reason: "DUPLICATE_ITEM", message, index, field });
    }
    seen.add(key);
    const nowMs = context.now();
    const at = { principal: caller, key, current: verified, ifVersion: undefined };
    const plan =
      replacement === undefined
        ? planRemoval({ ...at, nowMs, index, field })
        : planDamagedRemoval(caller, key, replacement, nowMs);
    if (plan.kind === "write") return [plan];
    if (plan.kind !== "unchanged") failures.push(plan.failure);
    return [];
  });
  await refuseAny(context, call, action, failures);
  return plans;
}

/** The secrets that do not verify, and that the caller may remove all the same. */
async function findDamaged(
  context: Context,
  call: CallInfo,
  results: Awaited<ReturnType<typeof verifyLatest>>,
  expected: Expected,
) {
  const damaged = new Map<StoredSecret, Replacement>();
  if (!mayReplaceDamaged(call.caller)) return damaged;
  for (const [stored, result] of results) {
    if (isFailure(result)) damaged.set(stored, await planReplacement(context, stored, expected));
  }
  return damaged;
}

/** Only a caller that may still do what was asked gets the result in the idempotency record. */
async function answerAgain(
  context: Context,
  call: CallInfo,
  removed: readonly RemovedSecret[],
): Promise<readonly RemovedSecret[]> {
  const found = await loadByKeys(
    context,
    call.caller,
    removed.map(({ key }) => key),
  );
  const failures = removed.flatMap(({ key }, index) => {
    return repeatedRemovalFailure(context, call, found.get(key), { key, index, field: `keys[${index}]` }) ?? [];
  });
  await refuseAny(context, call, action, failures);
  await context.accessLog.record([repeatRecord(call, context.now(), removed.length)]);
  return removed;
}
