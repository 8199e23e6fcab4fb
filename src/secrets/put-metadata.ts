import { unchangedAction } from "../audit/save-action.ts";
import { decideCreate, isVisible } from "../rules/access.ts";
import type { Context } from "../rules/context.ts";
import { type CallInfo, refuse } from "../rules/decision-record.ts";
import { callWithPermits } from "../rules/load-permits.ts";
import type { Metadata } from "../store/secret-rows.ts";
import { changeSecret, type Decided } from "./change-secret.ts";
import { planPlace } from "./plan-place.ts";
import { checkItem, decideSave, loadCurrent, refusal } from "./put-value.ts";
import { mayNotCreate, missingRight } from "./save-failures.ts";
import type { SaveItem } from "./save-input.ts";
import { loadValueHistory } from "./value-version.ts";
import type { VerifiedSecret } from "./verified-secret.ts";

const action = "secret.save";

export interface MetadataRequest {
  readonly key: string;
  /** The metadata to have, made from those that there are. May throw for what is wrong with the request. */
  change(current: Metadata): Metadata;
  /** A secret that does not exist gets a place for its metadata; otherwise it is missing. */
  readonly makesPlace: boolean;
  /** Nothing was asked for, so a secret that does not exist gets no place either. */
  readonly isEmpty?: boolean;
}

/** Replaces the metadata of one secret, also of a removed one, and keeps its value. */
export async function putMetadata(
  context: Context,
  made: CallInfo,
  { key, change, makesPlace, isEmpty = false }: MetadataRequest,
): Promise<"saved" | "missing"> {
  return changeSecret(
    context,
    made,
    { action, key, grows: true },
    async (takenIds): Promise<Decided<"saved" | "missing">> => {
      const call = await callWithPermits(context, made, [key]);
      const current = await loadCurrent(context, call, key);
      if (!makesPlace && !isKnown(call, current)) return refusal("not-found", { key }, "missing");
      if (current?.stored.removed === false) {
        const item = await checkItem(key, { metadata: change(current.stored.metadata) });
        const { result: _result, ...decided } = await decideSave(context, call, {
          current,
          item,
          isOutdated: false,
          takenIds,
        });
        return { ...decided, result: "saved" };
      }
      // The right comes first: what is wrong with the metadata depends on those that there are.
      const asked = await checkItem(key, {});
      await requireCreation(context, call, key, current, asked);
      if (isEmpty && current === undefined) {
        const { rule } = decideCreate(call.caller, key, undefined);
        return { entry: { action: unchangedAction, decision: "allowed", rule, key }, result: "saved" };
      }
      const before = current === undefined ? [] : (await loadValueHistory(context, call, current.stored)).metadata;
      const { metadata = [] } = await checkItem(key, { metadata: change(before) });
      return { ...planPlace(context, call, { key, current, metadata, takenIds }), result: "saved" };
    },
  );
}

function isKnown({ caller }: CallInfo, current: VerifiedSecret | undefined): boolean {
  if (current === undefined) return false;
  const { stored } = current;
  return stored.removed ? decideCreate(caller, stored.key, stored).allowed : isVisible(caller, stored);
}

/** As for a new secret or, if it was removed, for bringing it back. */
async function requireCreation(
  context: Context,
  call: CallInfo,
  key: string,
  current: VerifiedSecret | undefined,
  item: SaveItem,
): Promise<void> {
  const decision = decideCreate(call.caller, key, current?.stored);
  if (decision.allowed) return;
  const failure =
    current === undefined ? mayNotCreate(item, key, call.caller) : missingRight(item, key, "write", decision);
  throw await refuse(context, call, action, [failure]);
}
