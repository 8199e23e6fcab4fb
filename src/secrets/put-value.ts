import { createdFilter, unchangedAction } from "../audit/save-action.ts";
import { decide } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { type CallInfo, refuse } from "../rules/decision-record.ts";
import { callWithPermits } from "../rules/load-permits.ts";
import type { Metadata } from "../store/secret-rows.ts";
import { forAccessLists } from "../text/access-list-names.ts";
import type { SecretValue } from "../text/secret-value.ts";
import { changeSecret, type Decided } from "./change-secret.ts";
import { type PlanInput, planSave, type SavePlan } from "./plan-save.ts";
import type { ReadAnswer } from "./read-value.ts";
import { checkSaveInputs, type SaveInput, type SaveItem } from "./save-input.ts";
import { isCurrentValue, loadValueHistory, valueVersionOf } from "./value-version.ts";
import { isFailure, loadByKeys, type VerifiedSecret, verifyLatest } from "./verified-secret.ts";
import { findVersionSubject, missingRight } from "./version-subject.ts";
import { newIdFor } from "./wanted-id.ts";

const action = "secret.save";

/** The value that a save made, or found. */
export interface PutAnswer {
  readonly version: number;
  readonly changedAtMs: number;
  readonly metadata: Metadata;
}

export interface PutRequest {
  readonly key: string;
  readonly value: string;
  /** The version of the value that the caller has seen, 0 for none; undefined to replace any value. */
  readonly ifValueVersion: number | undefined;
}

/**
 * Saves the value of one secret. A removed one comes back with its lists and its metadata. Throws as `saveSecrets`
 * does, and STALE_VERSION when there is another value than the caller has seen.
 */
export async function putValue(context: Context, made: CallInfo, request: PutRequest): Promise<PutAnswer> {
  const { key, value, ifValueVersion } = request;
  const item = await checkItem(key, { value });
  return changeSecret(context, made, { action, key, grows: true }, async (takenIds) => {
    const call = await callWithPermits(context, made, [key]);
    const current = await loadCurrent(context, call, key);
    const isOutdated = await isOtherValue(context, call, current, ifValueVersion);
    const history =
      current?.stored.removed === true ? await loadValueHistory(context, call, current.stored) : undefined;
    const metadata = history === undefined || history.metadata.length === 0 ? undefined : history.metadata;
    return decideSave(context, call, { current, item: { ...item, metadata }, isOutdated, takenIds });
  });
}

export interface PatchRequest {
  readonly key: string;
  readonly ifValueVersion: number | undefined;
  /** The new value for a current one. May throw, also for what is wrong with the request. */
  merge(current: string): string;
}

/** What became of a change of a value that exists; `removed` is what is left of a removed one. */
export type PatchAnswer =
  | { readonly status: "saved"; readonly saved: PutAnswer }
  | { readonly status: "removed"; readonly removed: Omit<ReadAnswer, "status" | "value"> }
  | { readonly status: "missing" };

/**
 * Changes a value to one that is made from it. Needs read and write: who cannot read would learn the length of the
 * value from the limit of its size.
 */
export async function patchValue(context: Context, call: CallInfo, request: PatchRequest): Promise<PatchAnswer> {
  const { key, ifValueVersion, merge } = request;
  return changeSecret(context, call, { action, key, grows: true }, async (takenIds): Promise<Decided<PatchAnswer>> => {
    const current = await findVersionSubject(context, call, action, key, "write");
    if (current === undefined) return refusal("not-found", { key }, { status: "missing" });
    const { stored, plaintext } = current;
    if (stored.removed) {
      const { current: value, newest, metadata, removedAtMs } = await loadValueHistory(context, call, stored);
      if (newest === undefined) return refusal("not-found", { key }, { status: "missing" });
      const removed = { version: value.version, changedAtMs: value.changedAtMs, removedAtMs, metadata };
      return refusal("removed", { key }, { status: "removed", removed });
    }
    for (const right of ["read", "write"] as const) {
      const decision = decide(call.caller, stored, right);
      if (!decision.allowed) throw await missingRight(context, call, action, right, { key, decision });
    }
    const isOutdated = await isOtherValue(context, call, current, ifValueVersion);
    // Another value is not merged: what comes of it may be refused for reasons that are none of the caller's doing.
    const value = isOutdated ? undefined : merge(await requireText(context, call, key, plaintext.value));
    const item = await checkItem(key, { value });
    const { result, ...decided } = await decideSave(context, call, { current, item, isOutdated, takenIds });
    return { ...decided, result: { status: "saved", saved: result } };
  });
}

/** Throws for bytes, which have no parts to change. */
async function requireText(
  context: Context,
  call: CallInfo,
  key: string,
  value: SecretValue | undefined,
): Promise<string> {
  if (value === undefined || typeof value === "string") return value ?? "";
  const message = `the value of ${key} is bytes, of which no part can be changed: save it as a whole`;
  throw await refuse(context, call, action, [{ reason: "INVALID_FIELD", message, key, field: "value" }]);
}

/** A denial that is not an error for the caller. */
export function refusal<Result>(rule: string, { key }: { readonly key: string }, result: Result): Decided<Result> {
  return { entry: { decision: "denied", rule, names: [key], count: 1 }, result };
}

interface SaveToDecide {
  readonly current: VerifiedSecret | undefined;
  readonly item: SaveItem;
  readonly isOutdated: boolean;
  readonly takenIds: ReadonlySet<string>;
}

/** Decides a save as `saveSecrets` does. Throws what it is refused for. */
export async function decideSave(
  context: Context,
  call: CallInfo,
  { current, item, isOutdated, takenIds }: SaveToDecide,
): Promise<Decided<PutAnswer>> {
  const { caller } = call;
  const key = item.key ?? "";
  const newId = newIdFor(caller.tenant, key, undefined, (id) => takenIds.has(id));
  const input: PlanInput = {
    principal: caller,
    item,
    key,
    current,
    newId,
    isIdTaken: false,
    nowMs: context.now(),
    keepsLists: true,
    isOutdated,
  };
  const plan = planSave(input);
  if ("failure" in plan) throw await refuse(context, call, action, [plan.failure]);
  return carryOut(context, call, plan, key);
}

async function carryOut(
  context: Context,
  call: CallInfo,
  plan: Exclude<SavePlan, { readonly failure: unknown }>,
  key: string,
): Promise<Decided<PutAnswer>> {
  if (plan.kind === "unchanged") {
    const { stored, rule } = plan;
    const value = await valueVersionOf(context, call, stored);
    const entry = { action: unchangedAction, decision: "allowed", rule, key, version: stored.version } as const;
    return { entry, result: { ...value, metadata: stored.metadata } };
  }
  const { fields, rule, outcome } = plan;
  const isRevival = outcome === "created" && fields.version > 1;
  const result = { version: fields.version, changedAtMs: fields.valueChangedAtMs, metadata: fields.metadata };
  const entry = { decision: "allowed", rule, key, version: fields.version } as const;
  return { write: plan, entry: isRevival ? { ...entry, filter: createdFilter } : entry, result };
}

/** What the caller may know under a key, also a removed secret. Throws INTEGRITY. */
export async function loadCurrent(context: Context, call: CallInfo, key: string): Promise<VerifiedSecret | undefined> {
  const expected = context.lastChanges.expect(call.caller.tenant, [key], "write");
  const stored = (await loadByKeys(context, call.caller, [key])).get(key);
  const result = stored && (await verifyLatest(context, [stored], expected)).get(stored);
  if (result !== undefined && isFailure(result)) throw await refuse(context, call, action, [result]);
  return result;
}

/** A secret that the caller cannot see has, for them, no version. */
async function isOtherValue(
  context: Context,
  call: CallInfo,
  current: VerifiedSecret | undefined,
  wanted: number | undefined,
): Promise<boolean> {
  if (wanted === undefined) return false;
  const none = { version: 0, changedAtMs: 0 };
  const value = current === undefined ? none : await valueVersionOf(context, call, current.stored);
  return !isCurrentValue(current?.stored, value, wanted);
}

/** An item as `saveSecrets` would get it from a request with this value or metadata. */
export async function checkItem(
  key: string,
  given: { readonly value?: string | undefined; readonly metadata?: Metadata },
): Promise<SaveItem> {
  const { value, metadata = [] } = given;
  const clear = given.metadata?.length === 0 ? ["metadata"] : [];
  const lists = forAccessLists(() => []);
  const text = { value, encrypted: false, checksum: "", checksumAlgorithm: "" };
  const input: SaveInput = { id: "", key, ...text, lists, metadata, clear, ifVersion: undefined, owner: "" };
  const [item] = await checkSaveInputs([input], [], false);
  if (item === undefined) throw new Error("one item was checked");
  return item;
}
