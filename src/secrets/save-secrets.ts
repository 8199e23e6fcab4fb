import { planAction, removeAction, saveAction } from "../audit/save-action.ts";
import { type Failure, SecretError } from "../error.ts";
import { mapInLanes } from "../flow/lanes.ts";
import { limits } from "../limits.ts";
import type { ListChange } from "../rules/access-lists.ts";
import { commitWithRetries } from "../rules/commit-with-retries.ts";
import type { Context } from "../rules/context.ts";
import { type CallInfo, refuse, refuseAny } from "../rules/decision-record.ts";
import type { AccessLists } from "../store/secret-rows.ts";
import type { SecretChange, SecretCommitOutcome } from "../store/secret-store.ts";
import { textOf } from "../text/secret-value.ts";
import { commitUpToQuotas, commitWithinQuotas } from "./commit-within-quotas.ts";
import { checkIdempotencyKey, findAnswer } from "./idempotency.ts";
import { type OpenedValues, openPlan } from "./open-plan.ts";
import { type Batch, planBatch } from "./plan-batch.ts";
import { planRecalled } from "./plan-recalled.ts";
import { repeatedRemovalFailure } from "./plan-removal.ts";
import { commitOf, isWrite, type RepeatedRequest, resultOf, type SaveResult } from "./save-commit.ts";
import { checkSaveInputs, type RemovalInput, type SaveInput, type SaveItem } from "./save-input.ts";
import { type Planned, planRecords, repeatRecord, unchangedRecords } from "./save-records.ts";
import { loadByKeys } from "./verified-secret.ts";

export interface SaveRequest {
  readonly secrets: readonly SaveInput[];
  readonly remove: readonly RemovalInput[];
  readonly validateOnly: boolean;
  readonly idempotencyKey: string;
}

/** The lists of a secret before and after a save. */
export interface PlannedLists {
  readonly key: string;
  /** Absent for a new secret. */
  readonly before: AccessLists | undefined;
  readonly after: AccessLists;
  readonly listChanges: readonly ListChange[];
}

const action = { save: saveAction, remove: removeAction };

/**
 * Creates, updates and removes secrets: all of them, or none. Every write is a compare-and-set on the version that it
 * was decided on. When another writer was faster, the whole batch is decided again. `onPlans` gets the lists of each
 * item, or undefined for one that is not written.
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
    await authoriseAgain(context, { call, items, removals: remove, refusedAs: action.save });
    return JSON.parse(answer);
  }
  const startOver = () => saveSecrets(context, call, request, onPlans);
  const record = { rpc: "SaveSecrets", key: idempotencyKey, canonical, startOver };
  return commitSave(context, call, { items, remove, validateOnly, record }, onPlans);
}

/** A save whose inputs were checked, and which was not carried out before. */
export interface CheckedSave {
  readonly items: readonly SaveItem[];
  readonly remove: readonly RemovalInput[];
  readonly validateOnly: boolean;
  /** What its idempotency record is made of, and how the whole request runs again. */
  readonly record: RepeatedRequest & { startOver(): Promise<readonly SaveResult[]> };
}

/** What `saveSecrets` does once it has checked the request. */
export async function commitSave(
  context: Context,
  call: CallInfo,
  { items, remove, validateOnly, record }: CheckedSave,
  onPlans?: (lists: readonly (PlannedLists | undefined)[]) => void,
): Promise<readonly SaveResult[]> {
  const batch = { call, items, removals: remove, refusedAs: validateOnly ? planAction : action.save };
  const takenIds = new Set<string>();
  const opened: OpenedValues = new Map();
  let mayRecall = !validateOnly;
  const attempt = async () => {
    const recalled = mayRecall ? await saveRecalled(context, batch, record, opened) : undefined;
    mayRecall = false;
    if (recalled !== undefined) {
      onPlans?.(recalled.plans.map(listsOf));
      return { status: recalled.status, result: recalled.plans.map(resultOf) };
    }
    const decided = await planBatch(context, batch, takenIds);
    await refuseFailures(context, call, decided, validateOnly, ["forbidden", "stale"]);
    const plans = await openAll(context, decided, opened);
    await refuseFailures(context, call, plans, validateOnly, ["invalid"]);
    const results = plans.map(resultOf);
    onPlans?.(plans.map(listsOf));
    const nowMs = context.now();
    await context.accessLog.record(
      validateOnly ? planRecords(call, nowMs, plans) : unchangedRecords(call, nowMs, plans),
    );
    if (validateOnly || (record.key === "" && !plans.some(isWrite))) {
      return { status: "nothing-to-commit", result: results } as const;
    }
    const commit = await commitOf(context, call, plans, record);
    const outcome = await commitWithinQuotas(context, call, action.save, commit);
    if (outcome.status === "committed") forgetDamaged(context, commit.changes);
    if (outcome.status === "id-taken") takenIds.add(commit.changes[outcome.index]?.secret.id ?? "");
    return { status: outcome.status, result: results };
  };
  return commitWithRetries({
    attempt,
    startOver: record.startOver,
    contention: { message: "other writers changed these secrets during every attempt; try again" },
    refuse: (failure) => refuse(context, call, batch.refusedAs, [failure]),
  });
}

/**
 * Saves a batch that can be decided on what this process wrote last, without a query first. The commit proves that
 * exactly this was still stored. With any other outcome nothing was written, and the batch has to be decided on what is
 * stored. Undefined: it cannot be decided so.
 */
async function saveRecalled(
  context: Context,
  batch: Batch,
  record: RepeatedRequest,
  opened: OpenedValues,
): Promise<{ readonly status: SecretCommitOutcome["status"]; readonly plans: readonly Planned[] } | undefined> {
  const recalled = await planRecalled(context, batch);
  if (recalled === undefined) return undefined;
  const plans = await openAll(context, recalled.plans, opened);
  if (!plans.every(isWrite)) return undefined;
  const basisOf = recalled.compare();
  const commit = await commitOf(context, batch.call, plans, record, basisOf).catch((error: unknown) => {
    // There is no room for the answer: a refusal for that comes after those for want of a right.
    if (error instanceof SecretError) return undefined;
    throw error;
  });
  if (commit === undefined) return undefined;
  const { status } = await commitUpToQuotas(context, commit);
  return { status, plans };
}

/** The plans, with their encrypted values opened. */
async function openAll(context: Context, plans: readonly Planned[], opened: OpenedValues): Promise<readonly Planned[]> {
  if (!plans.some(({ plan }) => plan.kind === "write" && plan.toOpen !== undefined)) return plans;
  return mapInLanes(plans, limits.hpkeOperations, async (planned) => {
    return { ...planned, plan: await openPlan(context, planned.plan, opened) };
  });
}

/** An item in the form that is compared when a request is repeated. */
function canonicalItem({ encrypted, ...rest }: SaveItem) {
  const { value } = rest;
  const isBytes = value !== undefined && typeof value !== "string";
  return { ...rest, value: isBytes ? { base64: textOf(value) } : value, encrypted: encrypted?.format };
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
  if (!plans.some(({ plan }) => "failure" in plan)) return;
  for (const kind of kinds) {
    const failing = plans.flatMap(({ action, plan }) => (plan.kind === kind ? { action, failure: plan.failure } : []));
    // A plan shows for each item what would be denied. A secret that does not exist at all remains an error.
    const isError = ({ failure }: { failure: Failure }) => kind !== "forbidden" || failure.reason === "NOT_FOUND";
    const shown = validateOnly ? failing.filter(isError) : failing;
    await refuseAny(
      context,
      call,
      validateOnly ? planAction : (shown[0]?.action ?? action.save),
      shown.map(({ failure }) => failure),
    );
  }
}

/** Only a caller that may still do what was asked gets the result in the idempotency record. */
export async function authoriseAgain(context: Context, batch: Batch): Promise<void> {
  const { call, items, removals } = batch;
  const found = await loadByKeys(
    context,
    call.caller,
    removals.map(({ key }) => key),
  );
  const plans = await planBatch(context, { ...batch, removals: [] }, new Set());
  const saves = plans.flatMap(({ plan }) => (plan.kind === "forbidden" ? plan.failure : []));
  const removes = removals.flatMap(({ key }, index) => {
    return repeatedRemovalFailure(context, call, found.get(key), { key, index, field: `remove[${index}]` }) ?? [];
  });
  const forbidden = [...saves, ...removes];
  await refuseAny(context, call, action.save, forbidden);
  await context.accessLog.record([repeatRecord(call, context.now(), items.length + removals.length)]);
}

function listsOf({ key, plan }: Planned): PlannedLists | undefined {
  if (plan.kind !== "write") return undefined;
  return { key, before: plan.formerLists, after: plan.fields.lists, listChanges: plan.listChanges };
}

function forgetDamaged({ integrity }: Context, changes: readonly SecretChange[]): void {
  for (const { secret, replacesDamaged } of changes) {
    if (replacesDamaged === true) integrity.forget("secret", secret.tenant, secret.key);
  }
}
