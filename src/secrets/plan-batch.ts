import { removeAction, saveAction } from "../audit/save-action.ts";
import type { Failure } from "../error.ts";
import { mapInSlices } from "../flow/slices.ts";
import type { Principal } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { type CallInfo, refuseAny } from "../rules/decision-record.ts";
import type { Expected } from "../rules/last-changes.ts";
import { withPermits } from "../rules/load-permits.ts";
import type { StoredSecret } from "../store/secret-rows.ts";
import { planRemoval } from "./plan-removal.ts";
import { planSave } from "./plan-save.ts";
import {
  mayReplaceDamaged,
  planDamagedRemoval,
  planDamagedSave,
  planReplacement,
  type Replacement,
} from "./replace-damaged.ts";
import type { RemovalInput, SaveItem } from "./save-input.ts";
import type { Planned } from "./save-records.ts";
import { isFailure, loadByIds, loadByKeys, type VerifiedSecret, verifyLatest } from "./verified-secret.ts";
import { findIdOwners, newIdFor } from "./wanted-id.ts";

/** A batch, and the action under which its refusals are recorded. */
export interface Batch {
  readonly call: CallInfo;
  readonly items: readonly SaveItem[];
  readonly removals: readonly RemovalInput[];
  readonly refusedAs: string;
}

/** Loads what a batch is about, and decides each item. `takenIds` are those that turned out to be taken. */
export async function planBatch(
  context: Context,
  batch: Batch,
  takenIds: ReadonlySet<string>,
): Promise<readonly Planned[]> {
  const { items, removals } = batch;
  const byId = await loadByIds(
    context,
    batch.call.caller,
    items.flatMap(({ id }) => id ?? []),
  );
  const keysById = new Map([...byId].map(([id, { key }]) => [id, key]));
  const keyOf = (item: SaveItem) => item.key ?? (item.id === undefined ? undefined : keysById.get(item.id));
  const keys = [...items.flatMap((item) => keyOf(item) ?? []), ...removals.map(({ key }) => key)];
  await refuseUnresolved(context, batch, keyOf);
  const expected = context.lastChanges.expect(batch.call.caller.tenant, keys, "write");
  const { caller, found } = await findKnown(context, batch.call.caller, keys);
  const { verified, damaged } = await verifyAll(context, batch, found, expected);
  const owners = await findIdOwners(context, caller, items, found);
  // An id that an item names is not given to another item, whichever comes first.
  const wantedIds = new Set(items.flatMap(({ wantedId }) => wantedId ?? []));
  const isTaken = (id: string, key: string) => takenIds.has(id) || (owners.has(id) && owners.get(id) !== key);
  return planItems(batch, { caller, keyOf, verified, damaged, wantedIds, isTaken, nowMs: context.now() });
}

/** What a batch is about. */
export interface Loaded {
  /** With the permits that the decision needs. */
  readonly caller: Principal;
  keyOf(item: SaveItem): string | undefined;
  readonly verified: ReadonlyMap<string, VerifiedSecret>;
  /** What takes the place of those that do not verify. */
  readonly damaged: ReadonlyMap<string, Replacement>;
  /** The ids that items name. */
  readonly wantedIds: ReadonlySet<string>;
  /** Whether an id belongs to another secret than that of the key. */
  isTaken(id: string, key: string): boolean;
  readonly nowMs: number;
}

/** Decides each item. */
export async function planItems(
  { items, removals }: Pick<Batch, "items" | "removals">,
  { caller, keyOf, verified, damaged, wantedIds, isTaken, nowMs }: Loaded,
): Promise<readonly Planned[]> {
  const saves = await mapInSlices(items, (item): Planned => {
    const key = keyOf(item) ?? "";
    const current = verified.get(key);
    const replacement = damaged.get(key);
    const isIdTaken = item.wantedId !== undefined && isTaken(item.wantedId, key);
    const isTakenOrWanted = (id: string) => isTaken(id, key) || wantedIds.has(id);
    const newId = current?.stored.id ?? newIdFor(caller.tenant, key, item.wantedId, isTakenOrWanted);
    const input = { principal: caller, item, key, current, newId, isIdTaken, nowMs };
    const plan = replacement === undefined ? planSave(input) : planDamagedSave(input, replacement);
    return { action: saveAction, key, plan };
  });
  const removes = removals.map(({ key, ifVersion }, index): Planned => {
    const replacement = damaged.get(key);
    const at = { ifVersion, nowMs, index, field: `remove[${index}]` };
    const plan =
      replacement === undefined
        ? planRemoval({ principal: caller, key, current: verified.get(key), ...at })
        : planDamagedRemoval(caller, key, replacement, nowMs);
    return { action: removeAction, key, plan };
  });
  return [...saves, ...removes];
}

/**
 * The caller with the permits that the decision needs, and what it may know of. Permits only decide on keys that it
 * cannot see a live secret under, so mostly they are not read.
 */
async function findKnown(context: Context, caller: Principal, keys: readonly string[]) {
  const seen = await loadByKeys(context, caller, keys);
  if (keys.every((key) => seen.get(key)?.removed === false)) return { caller, found: seen };
  const permitted = await withPermits(context, caller, keys);
  return { caller: permitted, found: permitted === caller ? seen : await loadByKeys(context, permitted, keys) };
}

/** What an admin may replace although it does not verify is not refused. */
async function verifyAll(
  context: Context,
  { call, refusedAs }: Batch,
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
  await refuseAny(context, call, refusedAs, failures);
  return { verified, damaged };
}

/** Refuses an id that names nothing visible, and an id and a key that name the same secret. */
async function refuseUnresolved(
  context: Context,
  { call, items, removals, refusedAs }: Batch,
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
  await refuseAny(context, call, refusedAs, failures);
}
