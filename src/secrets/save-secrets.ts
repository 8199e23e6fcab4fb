import type { Failure } from "../error.ts";
import { mapInLanes } from "../flow/lanes.ts";
import { mapInSlices } from "../flow/slices.ts";
import { limits } from "../limits.ts";
import type { ListChange } from "../rules/access-lists.ts";
import { commitWithRetries } from "../rules/commit-with-retries.ts";
import type { Context } from "../rules/context.ts";
import { auditRecord, type CallInfo, refuse, refuseAny } from "../rules/decision-record.ts";
import type { Expected } from "../rules/last-changes.ts";
import type { AccessLists, StoredSecret } from "../store/secret-rows.ts";
import type { SecretChange } from "../store/secret-store.ts";
import { commitWithinQuotas } from "./commit-within-quotas.ts";
import { sealDocument } from "./document.ts";
import { checkIdempotencyKey, findAnswer, idempotencyRecord } from "./idempotency.ts";
import { type OpenedValues, openPlan } from "./open-plan.ts";
import { planRemoval, repeatedRemovalFailure } from "./plan-removal.ts";
import { planSave } from "./plan-save.ts";
import {
  mayReplaceDamaged,
  planDamagedRemoval,
  planDamagedSave,
  planReplacement,
  type Replacement,
} from "./replace-damaged.ts";
import { checkSaveInputs, type RemovalInput, type SaveInput, type SaveItem } from "./save-input.ts";
import { type Planned, recordsOf } from "./save-records.ts";
import { isFailure, loadByIds, loadByKeys, type VerifiedSecret, verifyLatest } from "./verified-secret.ts";
import { findIdOwners, newIdFor } from "./wanted-id.ts";

export interface SaveRequest {
  readonly secrets: readonly SaveInput[];
  readonly remove: readonly RemovalInput[];
  readonly validateOnly: boolean;
  readonly idempotencyKey: string;
}

/**
 * What became of one item or, in a call that only validates, what would. Only there is an item `forbidden`: otherwise
 * the whole batch is refused.
 */
export interface SaveResult {
  readonly key: string;
  readonly id: string;
  readonly outcome: "created" | "updated" | "unchanged" | "removed" | "forbidden";
  readonly version: number;
  readonly changedFields: readonly string[];
  readonly listChanges: readonly ListChange[];
  readonly missingRight: string;
}

/** The lists of a secret before and after a save. */
export interface PlannedLists {
  /** Absent for a new secret. */
  readonly before: AccessLists | undefined;
  readonly after: AccessLists;
  readonly listChanges: readonly ListChange[];
}

const action = { save: "secret.save", remove: "secret.remove" };

/**
 * Creates, updates and removes secrets: all of them, or none. Every write is a compare-and-set on the version that it
 * was decided on. When another writer was faster, the whole batch is decided again. `onPlans` gets the lists of each item,
 * or undefined for one that is not written.
 */
export async function saveSecrets(
  context: Context,
  call: CallInfo,
  request: SaveRequest,
  onPlans?: (lists: readonly (PlannedLists | undefined)[]) => void,
): Promise<readonly SaveResult[]> {
  checkIdempotencyKey(request.idempotencyKey);
  const items = await checkSaveInputs(request.secrets, request.remove, context.legacyKey !== undefined);
  const { validateOnly, idempotencyKey, remove } = request;
  const canonical = { items: items.map(canonicalItem), remove, validateOnly };
  const answer = await findAnswer(context, call, "SaveSecrets", idempotencyKey, canonical);
  if (answer !== undefined) {
    await authoriseAgain(context, call, items, remove);
    return JSON.parse(answer);
  }
  const takenIds = new Set<string>();
  const opened: OpenedValues = new Map();
  const attempt = async () => {
    const decided = await planBatch(context, call, items, remove, takenIds);
    await refuseFailures(context, call, decided, validateOnly, ["forbidden", "stale"]);
    const plans = await openAll(context, decided, opened);
    await refuseFailures(context, call, plans, validateOnly, ["invalid"]);
    const results = plans.map(resultOf);
    onPlans?.(plans.map(listsOf));
    const records = recordsOf(call, context.now(), plans, validateOnly);
    const changes = (await mapInSlices(plans, (plan) => changeOf(context, plan))).flat();
    if (validateOnly || (changes.length === 0 && idempotencyKey === "")) {
      await context.accessLog.record(records);
      return { status: "nothing-to-commit", result: results } as const;
    }
    const answerText = JSON.stringify(results);
    const idempotency = idempotencyRecord(context, call, "SaveSecrets", idempotencyKey, canonical, answerText);
    const outcome = await commitWithinQuotas(context, call, action.save, {
      tenant: call.caller.tenant,
      changes,
      audit: records,
      idempotency,
    });
    if (outcome.status === "committed") forgetDamaged(context, changes);
    if (outcome.status === "id-taken") takenIds.add(changes[outcome.index]?.secret.id ?? "");
    return { status: outcome.status, result: results };
  };
  return commitWithRetries({
    attempt,
    startOver: () => saveSecrets(context, call, request, onPlans),
    contention: { message: "other writers changed these secrets during every attempt; try again" },
    refuse: (failure) => refuse(context, call, action.save, [failure]),
  });
}

async function planBatch(
  context: Context,
  call: CallInfo,
  items: readonly SaveItem[],
  removals: readonly RemovalInput[],
  takenIds: ReadonlySet<string>,
): Promise<readonly Planned[]> {
  const { caller } = call;
  const byId = await loadByIds(
    context,
    caller,
    items.flatMap(({ id }) => id ?? []),
  );
  const keyOf = (item: SaveItem) => item.key ?? (item.id === undefined ? undefined : byId.get(item.id)?.key);
  const keys = [...items.flatMap((item) => keyOf(item) ?? []), ...removals.map(({ key }) => key)];
  await refuseUnresolved(context, call, items, removals, keyOf);
  const expected = context.lastChanges.expect(caller.tenant, keys, "write");
  const found = await loadByKeys(context, caller, keys);
  const { verified, damaged } = await verifyAll(context, call, found, expected);
  const owners = await findIdOwners(context, caller, items, found);
  // An id that an item names is not given to another item, whichever comes first.
  const wantedIds = new Set(items.flatMap(({ wantedId }) => wantedId ?? []));
  const nowMs = context.now();

  const saves = await mapInSlices(items, (item): Planned => {
    const key = keyOf(item) ?? "";
    const current = verified.get(key);
    const replacement = damaged.get(key);
    const isTaken = (id: string) => takenIds.has(id) || (owners.has(id) && owners.get(id) !== key);
    const isIdTaken = item.wantedId !== undefined && isTaken(item.wantedId);
    const newId = newIdFor(caller.tenant, key, item.wantedId, (id) => isTaken(id) || wantedIds.has(id));
    const input = { principal: caller, item, key, current, newId, isIdTaken, nowMs };
    const plan = replacement === undefined ? planSave(input) : planDamagedSave(input, replacement);
    return { action: action.save, key, plan };
  });
  const removes = removals.map(({ key, ifVersion }, index): Planned => {
    const replacement = damaged.get(key);
    const at = { ifVersion, nowMs, index, field: `remove[${index}]` };
    const plan =
      replacement === undefined
        ? planRemoval({ principal: caller, key, current: verified.get(key), ...at })
        : planDamagedRemoval(caller, key, replacement, nowMs);
    return { action: action.remove, key, plan };
  });
  return [...saves, ...removes];
}

/** What an admin may replace although it does not verify is not refused. */
async function verifyAll(
  context: Context,
  call: CallInfo,
  found: ReadonlyMap<string, StoredSecret>,
  expected: Expected,
) {
  const verified = new Map<string, VerifiedSecret>();
  const damaged = new Map<string, Replacement>();
  const failures: Failure[] = [];
  for (const [stored, result] of await verifyLatest(context, found.values(), expected)) {
    const { key } = stored;
    if (!isFailure(result)) verified.set(key, result);
    else if (mayReplaceDamaged(call.caller)) damaged.set(key, await planReplacement(context, stored, expected));
    else failures.push(result);
  }
  await refuseAny(context, call, action.save, failures);
  return { verified, damaged };
}

/** Refuses an id that names nothing visible, and an id and a key that name the same secret. */
async function refuseUnresolved(
  context: Context,
  call: CallInfo,
  items: readonly SaveItem[],
  removals: readonly RemovalInput[],
  keyOf: (item: SaveItem) => string | undefined,
): Promise<void> {
  const seen = new Set<string>(removals.map(({ key }) => key));
  const failures: Failure[] = [];
  for (const item of items) {
    const key = keyOf(item);
    const field = `secrets[${item.index}].id`;
    if (key === undefined) {
      const message = `there is no secret with the id ${item.id} that you can see; give a key to create one`;
      failures.push({ reason: "NOT_FOUND", message, index: item.index, field });
    } else if (seen.has(key)) {
      const message = `${field} names a secret that the batch names already`;
      failures.push({ reason: "DUPLICATE_ITEM", message, index: item.index, field });
    } else {
      seen.add(key);
    }
  }
  await refuseAny(context, call, action.save, failures);
}

/** The plans, with their encrypted values opened. */
async function openAll(context: Context, plans: readonly Planned[], opened: OpenedValues): Promise<readonly Planned[]> {
  return mapInLanes(plans, limits.hpkeOperations, async (planned) => {
    return { ...planned, plan: await openPlan(context, planned.plan, opened) };
  });
}

/** An item in the form that is compared when a request is repeated. */
function canonicalItem({ encrypted, ...rest }: SaveItem) {
  return { ...rest, encrypted: encrypted?.format };
}

/**
 * Throws the failures of the first of these kinds that occurs. Forbidden items are reported before stale or invalid
 * ones.
 */
async function refuseFailures(
  context: Context,
  call: CallInfo,
  plans: readonly Planned[],
  validateOnly: boolean,
  kinds: readonly ("forbidden" | "stale" | "invalid")[],
): Promise<void> {
  for (const kind of kinds) {
    const failing = plans.flatMap(({ action, plan }) => (plan.kind === kind ? { action, failure: plan.failure } : []));
    // A plan shows for each item what would be denied. A secret that does not exist at all remains an error.
    const isError = ({ failure }: { failure: Failure }) => kind !== "forbidden" || failure.reason === "NOT_FOUND";
    const shown = validateOnly ? failing.filter(isError) : failing;
    await refuseAny(
      context,
      call,
      shown[0]?.action ?? action.save,
      shown.map(({ failure }) => failure),
    );
  }
}

/** Only a caller that may still do what was asked gets the result in the idempotency record. */
async function authoriseAgain(
  context: Context,
  call: CallInfo,
  items: readonly SaveItem[],
  removals: readonly RemovalInput[],
): Promise<void> {
  const found = await loadByKeys(
    context,
    call.caller,
    removals.map(({ key }) => key),
  );
  const plans = await planBatch(context, call, items, [], new Set());
  const saves = plans.flatMap(({ plan }) => (plan.kind === "forbidden" ? plan.failure : []));
  const removes = removals.flatMap(({ key }, index) => {
    return repeatedRemovalFailure(context, call, found.get(key), { key, index, field: `remove[${index}]` }) ?? [];
  });
  const forbidden = [...saves, ...removes];
  await refuseAny(context, call, action.save, forbidden);
  const entry = {
    action: action.save,
    decision: "allowed",
    rule: "repeated-request",
    count: items.length + removals.length,
  };
  await context.accessLog.record([auditRecord(call, context.now(), { ...entry, decision: "allowed" })]);
}

function resultOf({ key, action: taken, plan }: Planned): SaveResult {
  const none = { changedFields: [], listChanges: [], missingRight: "" };
  switch (plan.kind) {
    case "write": {
      const { fields, changedFields, listChanges } = plan;
      const outcome = taken === action.remove ? "removed" : plan.outcome;
      return { ...none, key, id: fields.id, outcome, version: fields.version, changedFields, listChanges };
    }
    case "unchanged":
      return { ...none, key, id: plan.stored.id, outcome: "unchanged", version: plan.stored.version };
    default:
      return { ...none, key, id: "", outcome: "forbidden", version: 0, missingRight: plan.failure.right ?? "admin" };
  }
}

function listsOf({ plan }: Planned): PlannedLists | undefined {
  if (plan.kind !== "write") return undefined;
  return { before: plan.formerLists, after: plan.fields.lists, listChanges: plan.listChanges };
}

function forgetDamaged({ integrity }: Context, changes: readonly SecretChange[]): void {
  for (const { secret, replacesDamaged } of changes) {
    if (replacesDamaged === true) integrity.forget("secret", secret.tenant, secret.key);
  }
}

function changeOf(context: Context, { plan }: Planned): SecretChange[] {
  if (plan.kind !== "write") return [];
  if (plan.toOpen !== undefined) throw new Error("an encrypted value was not opened");
  const secret = sealDocument(context.keyring, plan.fields, plan.plaintext);
  const { expectedVersion, formerLists, replacesDamaged } = plan;
  return [{ secret, expectedVersion, formerLists, ...(replacesDamaged === true ? { replacesDamaged } : {}) }];
}
